using MarketingPlatform.Recommendation.Models;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Models;

public sealed class PromotionTests
{
    [Fact]
    public void A_first_model_that_is_worse_than_popularity_beyond_noise_does_not_serve()
    {
        Assert.False(Promotion.First(Hits(100, 20), Hits(100, 60)).Promote);
        Assert.True(Promotion.First(Hits(100, 58), Hits(100, 60)).Promote);
        Assert.True(Promotion.First([], []).Promote);
    }

    [Fact]
    public void A_worse_model_is_not_promoted_whatever_it_learnt_from()
    {
        var verdict = Promotion.Next(Hits(100, 20), Hits(100, 60), All(100), null, otherData: true);

        Assert.False(verdict.Promote);
        Assert.Contains("missed 40", verdict.Because, StringComparison.Ordinal);
    }

    [Fact]
    public void An_equal_model_is_promoted_only_when_it_learnt_from_other_data()
    {
        Assert.True(Promotion.Next(Hits(100, 60), Hits(100, 60), All(100), null, otherData: true).Promote);
        Assert.False(Promotion.Next(Hits(100, 60), Hits(100, 60), All(100), null, otherData: false).Promote);
    }

    [Fact]
    public void A_better_model_is_promoted() =>
        Assert.True(Promotion.Next(Hits(100, 70), Hits(100, 60), All(100), null, otherData: false).Promote);

    [Fact]
    public void Orders_that_the_serving_model_has_learnt_do_not_count_while_there_are_others()
    {
        // It knew the first 60 by heart; of the 40 it never saw, it foretold none and the candidate 20.
        var unseen = Enumerable.Range(0, 100).Select(n => n >= 60).ToArray();
        var serving = Enumerable.Range(0, 100).Select(n => n < 60).ToArray();
        var candidate = Enumerable.Range(0, 100).Select(n => n >= 80).ToArray();

        Assert.True(Promotion.Next(candidate, serving, unseen, null, otherData: false).Promote);
        Assert.False(Promotion.Next(candidate, serving, All(100), null, otherData: true).Promote);
    }

    [Fact]
    public void With_too_few_orders_new_to_both_each_is_judged_by_what_it_foretold_unseen()
    {
        // The serving model knows all of these orders by heart, but had foretold 12 of 100 before it learnt them.
        var own = new OwnMeasure(100, 0.12);

        Assert.True(Promotion.Next(Hits(100, 12), Hits(100, 100), None(100), own, otherData: true).Promote);
        Assert.False(Promotion.Next(Hits(100, 12), Hits(100, 100), None(100), own, otherData: false).Promote);
        Assert.True(Promotion.Next(Hits(100, 30), Hits(100, 100), None(100), own, otherData: false).Promote);
        var verdict = Promotion.Next(Hits(100, 1), Hits(100, 100), None(100), own, otherData: true);
        Assert.False(verdict.Promote);
        Assert.StartsWith("worse than the serving model: hit rate 0.010 against 0.120", verdict.Because, StringComparison.Ordinal);
    }

    private static bool[] None(int of) => new bool[of];

    private static bool[] Hits(int of, int hits) => [.. Enumerable.Range(0, of).Select(n => n < hits)];

    private static bool[] All(int of) => Hits(of, of);
}
