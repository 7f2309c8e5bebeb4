using MarketingPlatform.Segmentation.Channels;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Channels;

public sealed class ChannelEffectivenessTests
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);
    private static readonly DateTimeOffset Day = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The method was chosen on the first twenty shops; the others were looked at when it was done.</summary>
    [Theory]
    [InlineData(0, 20)]
    [InlineData(77_000, 20)]
    public void A_planted_truth_is_found_pooled_better_than_raw_and_within_the_intervals(int first, int shops)
    {
        var (named, best, covered, cells) = (0, 0, 0, 0);
        var (pooledError, rawError) = (0.0, 0.0);
        for (var seed = first; seed < first + shops; seed++)
        {
            var planted = PlantedChannels.Of(seed);
            var found = Of(planted.Touches, planted.Purchases);
            foreach (var cell in found)
            {
                var truth = planted.Truth[(cell.Segment, cell.Channel)];
                cells++;
                covered += cell.Revenue.Lower <= truth && truth <= cell.Revenue.Upper ? 1 : 0;
                pooledError += Math.Abs(cell.Revenue.Estimate - truth);
                rawError += Math.Abs(cell.Revenue.Raw - truth);
            }
            foreach (var choice in ChannelEffectiveness.Best(found))
            {
                best++;
                var truth = planted.Truth.Where(t => t.Key.Segment == choice.Segment).MaxBy(t => t.Value).Key.Channel;
                named += choice.Channel == truth ? 1 : 0;
            }
        }

        var figures =
            $"best named {(double)named / best:P1}, covered {(double)covered / cells:P1}, error {pooledError / cells:N3} pooled and {rawError / cells:N3} raw";
        TestContext.Current.TestOutputHelper?.WriteLine(figures);
        Assert.True(named >= 0.80 * best, figures);
        Assert.True(covered >= 0.88 * cells, figures);
        Assert.True(pooledError < rawError, figures);
    }

    [Fact]
    public void An_order_counts_for_the_last_touch_within_the_window_and_a_refund_takes_money_and_no_order()
    {
        Touch[] touches =
        [
            new("a", "s", "email", Day, true),
            new("a", "s", "chat", Day.AddDays(2), false),
            new("b", "s", "email", Day, false),
            new("c", "s", "chat", Day, false),
        ];
        Purchase[] purchases =
        [
            new("a", Day.AddDays(1), 10), // email
            new("a", Day.AddDays(3), 40), // chat
            new("a", Day.AddDays(4), -15), // chat's money back
            new("b", Day.AddDays(31), 99), // too late
            new("c", Day.AddDays(-1), 99), // before
            new("d", Day, 99), // never reached
        ];
        var cells = ChannelEffectiveness.Of(ChannelTally.Of(touches, purchases, Month), new Dictionary<string, decimal> { ["chat"] = 8 });

        var email = cells.Single(c => c.Channel == "email");
        var chat = cells.Single(c => c.Channel == "chat");
        Assert.Equal((2, 0.5, 0.5, 5.0, 0.0), (email.Reach, email.Engagement.Raw, email.Conversion.Raw, email.Revenue.Raw, email.Cost));
        Assert.Equal((2, 0.0, 0.5, 12.5, 4.0), (chat.Reach, chat.Engagement.Raw, chat.Conversion.Raw, chat.Revenue.Raw, chat.Cost));
        Assert.Equal(8.5, chat.Net.Raw);
        Assert.Equal("chat", ChannelEffectiveness.Best(cells).Single().Channel);
    }

    [Fact]
    public void The_only_channel_of_a_segment_is_not_clearly_best_while_it_has_earned_nothing()
    {
        var touches = Enumerable.Range(0, 40).Select(i => new Touch($"c{i}", "new", "email", Day, false)).ToList();

        var best = ChannelEffectiveness.Best(Of(touches, [])).Single();

        Assert.Equal(("email", null, false), (best.Channel, best.Runner, best.Clear));
    }

    [Fact]
    public void A_tiny_segment_says_what_the_whole_says()
    {
        var touches = new List<Touch>();
        var purchases = new List<Purchase>();
        foreach (var (segment, size, every) in new[] { ("big", 4000, 10), ("large", 3000, 10), ("wide", 3500, 11), ("tiny", 5, 5) })
            for (var i = 0; i < size; i++)
            {
                touches.Add(new Touch($"{segment}{i}", segment, "email", Day, false));
                if (i % every == 0)
                    purchases.Add(new Purchase($"{segment}{i}", Day.AddDays(1), 10));
            }
        var tiny = Of(touches, purchases).Single(c => c.Segment == "tiny");

        Assert.Equal(0.2, tiny.Conversion.Raw);
        Assert.InRange(tiny.Conversion.OwnWeight, 0, 0.5);
        Assert.True(tiny.Conversion.Estimate < 0.15);
    }

    [Fact]
    public void One_customer_who_bought_and_one_who_did_not_make_no_channel_clearly_best()
    {
        var cells = Of([new("a", "s", "email", Day, true), new("b", "s", "chat", Day, true)], [new("a", Day.AddDays(1), 35)]);

        var best = ChannelEffectiveness.Best(cells).Single();
        Assert.Equal(("email", false), (best.Channel, best.Clear));
        Assert.All(cells, cell => Assert.True(cell.Revenue.Upper - cell.Revenue.Lower > 20, $"{cell.Revenue}"));
        Assert.All(cells, cell => Assert.True(cell.Engagement.Upper - cell.Engagement.Lower > 0.2, $"{cell.Engagement}"));
    }

    [Fact]
    public void An_order_counts_in_each_segment_that_the_touch_names_and_a_customer_costs_once()
    {
        Touch[] touches = [new("a", "vip", "email", Day, true), new("a", "new", "email", Day, true), new("b", "new", "email", Day, true)];
        var tally = ChannelTally.Of(touches, [new Purchase("a", Day.AddDays(1), 10)], Month);

        Assert.All(tally.Sums, cell => Assert.Equal((1, 10.0), (cell.Converted, cell.Revenue)));
        var cells = ChannelEffectiveness.Of(tally, new Dictionary<string, decimal> { ["email"] = 4 });
        Assert.All(cells, cell => Assert.Equal(2, cell.Cost));
    }

    private static IReadOnlyList<ChannelCell> Of(IReadOnlyCollection<Touch> touches, IReadOnlyCollection<Purchase> purchases) =>
        ChannelEffectiveness.Of(ChannelTally.Of(touches, purchases, Month), new Dictionary<string, decimal>());
}
