using CsCheck;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers.Carts;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Carts;

public sealed class CartTests
{
    private static readonly Gen<CartTouch> Touch = Gen.Select(
        Gen.Guid,
        Gen.OneOf("add", "remove", "content"),
        Gen.Select(Gen.Char['a', 'c'], Gen.Int[1, 4], Gen.Int[0, 9]).Select((id, quantity, price) => Line($"{id}", quantity, price)).Array[
            0,
            3
        ],
        Gen.Int[0, 5],
        (id, kind, lines, minute) => new CartTouch(id, kind, lines, Shop.Start.AddMinutes(minute))
    );

    [Fact]
    public void The_order_of_arrival_does_not_change_a_cart() =>
        Gen.Select(Touch.Array[0, 10], Gen.Int[0, int.MaxValue])
            .Sample(
                (touches, seed) =>
                {
                    var shuffled = touches.ToArray();
                    new Random(seed).Shuffle(shuffled);
                    Assert.Equal(Cart.Fold(touches), Cart.Fold(shuffled));
                }
            );

    [Fact]
    public void A_cart_never_holds_less_than_one_of_anything_nor_the_same_product_twice() =>
        Touch
            .Array[0, 20]
            .Sample(touches =>
            {
                var lines = Cart.Fold(touches);
                Assert.All(lines, line => Assert.True(line.Quantity > 0));
                Assert.Equal(lines.Count, lines.Select(line => line.ProductId).Distinct().Count());
                Assert.True(Cart.Total(lines) >= 0);
            });

    [Fact]
    public void Adding_and_removing_count_pieces_at_the_latest_price()
    {
        var lines = Cart.Fold([
            Said(0, "add", Line("a", 2, 10)),
            Said(1, "add", Line("a", 1, 12)),
            Said(2, "remove", Line("a", 1, 0)),
            Said(3, "add", Line("b", 1, 5)),
        ]);
        Assert.Equal([Line("a", 2, 12), Line("b", 1, 5)], lines);
        Assert.Equal(29, Cart.Total(lines));
    }

    [Fact]
    public void The_content_of_a_cart_replaces_what_came_before_it() =>
        Assert.Equal(
            [Line("b", 3, 1), Line("c", 1, 1)],
            Cart.Fold([Said(2, "add", Line("c", 1, 1)), Said(0, "add", Line("a", 9, 1)), Said(1, "content", Line("b", 3, 1))])
        );

    [Fact]
    public void More_pieces_than_a_number_can_hold_do_not_empty_a_cart() =>
        Assert.Equal(
            int.MaxValue,
            Assert.Single(Cart.Fold(Enumerable.Range(0, 3).Select(minute => Said(minute, "add", Line("a", 1_000_000_000, 1))))).Quantity
        );

    [Theory]
    [InlineData(0, CartOutcome.Wait)]
    [InlineData(59, CartOutcome.Wait)]
    [InlineData(60, CartOutcome.Abandoned)]
    [InlineData(60 + 1440, CartOutcome.Abandoned)]
    [InlineData(60 + 1441, CartOutcome.Expired)]
    public void A_cart_is_abandoned_after_its_delay_and_old_news_after_a_day(int minutes, object outcome) =>
        Assert.Equal(outcome, CartDecision.Decide(Shop.Start, TimeSpan.FromHours(1), TimeSpan.FromDays(1), Shop.Start.AddMinutes(minutes)));

    private static CartTouch Said(int minute, string kind, params CartLine[] lines) =>
        new(Guid.CreateVersion7(), kind, lines, Shop.Start.AddMinutes(minute));

    private static CartLine Line(string id, int quantity, decimal price) => new(id, null, quantity, price);
}
