using CsCheck;
using MarketingPlatform.Recommendation.Serving;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Serving;

public sealed class CustomerHistoryTests
{
    private static readonly DateTimeOffset Day = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Order_lines_become_one_purchase_a_product_with_all_its_times() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 30])
            .Array[0, 60]
            .Sample(lines =>
            {
                var read = lines.Select(line => ($"p{line.Item1}", Day.AddDays(line.Item2))).ToList();

                var purchases = CustomerHistory.Purchases([.. read]);

                var expected = read.GroupBy(line => line.Item1)
                    .OrderByDescending(group => group.Max(line => line.Item2))
                    .ThenBy(group => group.Key, StringComparer.Ordinal)
                    .ToArray();
                Assert.Equal(expected.Select(group => group.Key), purchases.Select(purchase => purchase.ProductId));
                foreach (var (group, purchase) in expected.Zip(purchases))
                {
                    var times = group.Select(line => line.Item2).Distinct().OrderDescending().ToArray();
                    Assert.Equal((group.Count(), times[0], times[^1]), (purchase.Times, purchase.At, purchase.First));
                    Assert.Equal(times.Length > 1 ? times.Take(Purchase.MostTimes) : null, purchase.Newest);
                }
            });

    [Fact]
    public void Of_a_wholesaler_the_thousand_products_bought_last_are_known()
    {
        var lines = Enumerable.Range(0, 1_500).Select(n => ($"p{n}", Day.AddMinutes(n))).Append(("p1499", Day.AddYears(-1))).ToList();

        var purchases = CustomerHistory.Purchases(lines);

        Assert.Equal((1_000, "p1499", 2), (purchases.Count, purchases[0].ProductId, purchases[0].Times));
        Assert.Equal("p500", purchases[^1].ProductId);
    }
}
