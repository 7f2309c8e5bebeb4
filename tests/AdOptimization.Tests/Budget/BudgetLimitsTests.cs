using CsCheck;
using MarketingPlatform.AdOptimization.Budget;
using Xunit;
using static MarketingPlatform.AdOptimization.Tests.Budget.BudgetQuestions;

namespace MarketingPlatform.AdOptimization.Tests.Budget;

/// <summary>Minimums and maximums of cells and of channels over all their cells.</summary>
public sealed class BudgetLimitsTests
{
    [Fact]
    public void Minimums_and_maximums_are_kept_whatever_else_and_the_total_is_spent() =>
        Gen.Select(AnyQuestion, Gen.Double[0, 1].Array[24], Gen.Int[0, 3])
            .Sample(
                (question, parts, caution) =>
                {
                    var n = question.Cells.Count;
                    // Together at most the total must, and at least double of it may be spent.
                    var limits = question
                        .Cells.Select((c, i) => (c.Cell, Limit: Limit(parts[2 * i], parts[2 * i + 1])))
                        .Where((_, i) => (question.Seed >> i) % 2 == 0)
                        .ToDictionary(l => l.Cell, l => l.Limit);
                    var cells = BudgetDecision.Decide(question with { Limits = limits, Caution = caution, StopLoss = new(0.2, 14) });
                    return cells.Sum(c => c.Amount) == question.Total
                        && cells.All(c =>
                            !limits.TryGetValue(c.Belief.History.Cell, out var limit)
                            || (c.Amount <= limit.Most && (c.Amount >= limit.Least || c.Limit == BudgetLimit.Stopped && limit.Least == 0))
                        );

                    CellLimit Limit(double least, double more)
                    {
                        var must = (long)(least * question.Total / n);
                        return new(must, Math.Min(question.Total, must + 2 * question.Total / n + (long)(more * question.Total)));
                    }
                },
                iter: 200
            );

    [Fact]
    public void A_limit_is_the_reason_that_is_given()
    {
        var question = Ask([Cell(0, 5_000, 500), Cell(1, 5_000, 50), Cell(2, 5_000, 100)]) with
        {
            Limits = new Dictionary<Cell, CellLimit> { [Named(0)] = new(0, 2_000), [Named(1)] = new(4_500, 10_000) },
        };

        var cells = BudgetDecision.Decide(question);

        Assert.Equal([2_000L, 4_500, 3_500], cells.Select(c => c.Amount));
        Assert.EndsWith(" 20.00 EUR is its maximum.", Explanation.Of(cells[0], question, "EUR"), StringComparison.Ordinal);
        Assert.EndsWith(
            "It would get less; 45.00 EUR is its minimum.",
            Explanation.Of(cells[1], question, "EUR"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Limits_of_channels_are_kept_whatever_else_and_the_total_is_spent() =>
        Gen.Select(AnyQuestion, Gen.Double[0, 1].Array[3], Gen.Double[0, 1].Array[12], Gen.Int[0, 2])
            .Sample(
                (question, parts, own, caution) =>
                {
                    // Cells in turn of two channels, c0 and c1; some have limits of their own that the channels' can keep.
                    CellHistory[] cells = [.. question.Cells.Select((c, i) => c with { Cell = Of(i) })];
                    var least = (long)(parts[0] * question.Total / 2);
                    var most = cells.Length < 2 ? question.Total : least + (long)(parts[1] * (question.Total - least));
                    var channels = new Dictionary<string, CellLimit> { ["c0"] = new(least, most) };
                    if (parts[2] < 0.5)
                        channels["c1"] = new(0, Math.Min(question.Total, question.Total - least + 1));
                    var limits = cells
                        .Select((c, i) => (c.Cell, Limit: new CellLimit((long)(own[i] * least / cells.Length), question.Total)))
                        .Where((l, i) => i % 3 == 0 && i % 2 == 0)
                        .ToDictionary(l => l.Cell, l => l.Limit);
                    var asked = question with
                    {
                        Cells = cells,
                        Previous = question.Previous?.ToDictionary(p => Of(int.Parse(p.Key.Channel[1..], null)), p => p.Value),
                        Channels = channels,
                        Limits = limits,
                        Caution = caution,
                        StopLoss = new(0.2, 14),
                    };

                    var decided = BudgetDecision.Decide(asked);

                    Assert.Equal(question.Total, decided.Sum(c => c.Amount));
                    foreach (var (channel, limit) in channels)
                        Assert.InRange(
                            decided.Where(c => c.Belief.History.Cell.Channel == channel).Sum(c => c.Amount),
                            cells.Any(c => c.Cell.Channel == channel) ? limit.Least : 0,
                            limit.Most
                        );
                    Assert.All(
                        decided.Where(c => limits.ContainsKey(c.Belief.History.Cell)),
                        c => Assert.True(c.Amount >= limits[c.Belief.History.Cell].Least)
                    );
                    Assert.All(decided, c => Assert.NotEmpty(Explanation.Of(c, asked, "EUR")));

                    static Cell Of(int i) => new("c" + i % 2, "", "s" + i);
                },
                iter: 200
            );

    [Fact]
    public void A_channel_that_is_held_by_its_maximum_or_minimum_says_so_in_each_of_its_cells()
    {
        var question = Ask([In("social", 0, 500), In("social", 1, 400), In("search", 2, 50), In("tv", 3, 1)]) with
        {
            Channels = new Dictionary<string, CellLimit> { ["social"] = new(0, 4_000), ["tv"] = new(3_000, 10_000) },
        };

        var cells = BudgetDecision.Decide(question);

        Assert.Equal([4_000L, 3_000, 3_000], new[] { cells[0].Amount + cells[1].Amount, cells[2].Amount, cells[3].Amount });
        var sentences = cells.Select(c => Explanation.Of(c, question, "EUR")).ToArray();
        foreach (var held in sentences[..2])
            Assert.EndsWith(
                " It would get more; the channel is held by its maximum of 40.00 EUR over all its cells.",
                held,
                StringComparison.Ordinal
            );
        Assert.EndsWith(
            " It would get less; the channel is held up by its minimum of 30.00 EUR over all its cells.",
            sentences[3],
            StringComparison.Ordinal
        );
        Assert.Equal(BudgetLimit.None, cells[2].Limit);

        static CellHistory In(string channel, int i, long conversions) =>
            Cell(i, 5_000, conversions) with
            {
                Cell = new(channel, "", "s" + i),
            };
    }

    [Fact]
    public void A_channel_with_a_minimum_is_not_stopped_below_it()
    {
        var question = Ask([Cell(0, 5_000, 500), Cell(1, 5_000, 1)]) with { StopLoss = new(0.9, 14) };
        Assert.Equal(BudgetLimit.Stopped, BudgetDecision.Decide(question)[1].Limit);

        var kept = BudgetDecision.Decide(question with { Channels = new Dictionary<string, CellLimit> { ["c1"] = new(1_000, 10_000) } });

        Assert.Equal(1_000, kept[1].Amount);
    }
}
