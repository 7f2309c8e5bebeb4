using MarketingPlatform.AdOptimization.Incrementality;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Incrementality;

public sealed class AudienceAnalysisTests
{
    private static readonly DateOnly Start = new(2026, 2, 1);

    private static readonly AudienceHoldOutRow Test = new()
    {
        Id = Guid.Parse("01970000-0000-7000-8000-000000000001"),
        Channel = "social",
        Segment = "lapsed",
        Currency = "EUR",
        HeldShare = 0.3,
        StartsOn = Start,
        EndsOn = Start.AddDays(27),
        DaysBefore = 28,
    };

    private static readonly AudienceFacts NoFacts = new(1_000, null, 0, 0);

    [Fact]
    public void Nine_of_ten_intervals_hold_what_ads_truly_caused_though_few_members_buy_anything()
    {
        var held = 0;
        for (var run = 0; run < 200; run++)
        {
            var result = AudienceAnalysis.Of(Test, Test.EndsOn, Members(1_400, new Random(run), 0.15), NoFacts).Result!;
            // One more in twenty buys for 60 on average.
            held += result.Lower <= 0.05 * 60 * result.Exposed && 0.05 * 60 * result.Exposed <= result.Upper ? 1 : 0;
        }
        Assert.InRange(held / 200.0, 0.85, 0.95);
    }

    [Fact]
    public void The_result_is_told_with_return_and_what_the_platform_reports_and_only_the_end_is_final()
    {
        var members = Members(20_000, new Random(3), 0.15);
        var result = AudienceAnalysis.Of(Test, Test.EndsOn, members, new(10_000, 100_000, 0, 0)).Result!;

        Assert.True(result.IsFinal);
        Assert.InRange(result.Roi!.Value, result.RoiLower!.Value, result.RoiUpper!.Value);
        Assert.InRange(result.Factor!.Value, 0.25, 0.65);
        Assert.Contains("among 14", result.Sentence, StringComparison.Ordinal);
        Assert.Contains("the platform reports 100000", result.Sentence, StringComparison.Ordinal);
        Assert.Empty(result.Notes);
        var early = AudienceAnalysis.Of(Test, Start.AddDays(9), members, NoFacts).Result!;
        Assert.False(early.IsFinal);
        Assert.Contains("first look", Assert.Single(early.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Leaks_persons_in_both_parts_wrong_shares_and_unknown_spend_are_said()
    {
        var members = Members(2_000, new Random(3), 0.15).Where(m => !m.Held || m.Before > 0);
        var notes = AudienceAnalysis.Of(Test, Test.EndsOn, members, new(null, null, 2, 1)).Result!.Notes;

        Assert.Equal(4, notes.Count);
        Assert.StartsWith("1 held person came by an advert of social", notes[0], StringComparison.Ordinal);
        Assert.StartsWith("2 persons were drawn under two ids", notes[1], StringComparison.Ordinal);
        Assert.StartsWith("The parts are not in the shares", notes[2], StringComparison.Ordinal);
        Assert.StartsWith("No performance row names social with segment lapsed", notes[3], StringComparison.Ordinal);
        Assert.NotNull(AudienceAnalysis.Of(Test, Test.EndsOn, Enumerable.Repeat(new MemberRevenue(true, 0, 0), 9), NoFacts).Missing);
    }

    [Fact]
    public void The_same_members_are_held_each_time_and_others_by_another_hold_out()
    {
        var random = new Random(1);
        Guid[] members = [.. Enumerable.Range(0, 10_000).Select(_ => Anybody(random))];
        var drawn = PlanAudienceHoldOut.Draw(Test, members);

        Assert.Equal(drawn, PlanAudienceHoldOut.Draw(Test, members));
        Assert.InRange(drawn.Count(h => h), 2_850, 3_150);
        var other = PlanAudienceHoldOut.Draw(Test with { Id = Anybody(random) }, members);
        Assert.InRange(drawn.Zip(other).Count(d => d.First && d.Second), 750, 1_050);
        // Raising the share keeps those who are held.
        var more = PlanAudienceHoldOut.Draw(Test with { HeldShare = 0.5 }, members);
        Assert.All(drawn.Zip(more), d => Assert.True(!d.First || d.Second));
    }

    /// <summary>A tenth buys, for 20 to 100; of the exposed as many as said. Who bought before buys more often.</summary>
    private static MemberRevenue[] Members(int count, Random random, double exposed) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                {
                    var held = i % 10 < 3;
                    var likes = random.NextDouble() < 0.2;
                    var chance = (held ? 0.1 : exposed) + (likes ? 0.08 : -0.02);
                    return new MemberRevenue(held, likes ? Basket(random) : 0, random.NextDouble() < chance ? Basket(random) : 0);
                }),
        ];

    private static double Basket(Random random) => 20 + 80 * random.NextDouble();

    private static Guid Anybody(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new(bytes);
    }
}
