using System.Text.Json;
using CsCheck;
using MarketingPlatform.Experimentation.Analysis;
using MarketingPlatform.Experimentation.Assignment;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Assignment;

/// <summary>What must hold of any assignment; GrowthBook's own vectors are run by Cli.Tests.</summary>
public sealed class AssignmentTests
{
    [Theory]
    [InlineData("", "a", 1, 0.22)]
    [InlineData("b", "a", 1, 0.946)]
    [InlineData("seed", "a", 2, 0.0505)]
    [InlineData("90850943850283058242805", "123", 2, 0.7516)]
    [InlineData("abc", "def", 99, null)]
    public void A_bucket_is_the_one_of_GrowthBook(string seed, string unit, int version, double? bucket) =>
        Assert.Equal(bucket, BucketHash.Of(seed, unit, version));

    [Fact]
    public void Raising_the_coverage_moves_nobody_to_another_variation() =>
        Gen.Select(Gen.Double[0, 1], Gen.Double[0, 1], Gen.Int[2, 5], Gen.Int[0, 1_000_000])
            .Sample(
                (one, other, variations, unit) =>
                {
                    var before = new VariationSplit("exp", Buckets.Ranges(variations, Math.Min(one, other))).Assign($"{unit}");
                    var after = new VariationSplit("exp", Buckets.Ranges(variations, Math.Max(one, other))).Assign($"{unit}");
                    return before == -1 || before == after;
                }
            );

    [Fact]
    public void Slices_of_a_namespace_that_do_not_overlap_share_nobody() =>
        Gen.Select(Gen.Double[0.1, 0.9], Gen.Int[0, 1_000_000])
            .Sample(
                (cut, unit) =>
                {
                    var first = new VariationSplit("first", Buckets.Ranges(2), within: new Namespace("prices", new BucketRange(0, cut)));
                    var second = new VariationSplit("second", Buckets.Ranges(2), within: new Namespace("prices", new BucketRange(cut, 1)));
                    return first.Assign($"{unit}") >= 0 ^ second.Assign($"{unit}") >= 0;
                }
            );

    [Fact]
    public void Who_is_held_out_is_in_no_experiment_and_stays_held_out_when_the_share_rises()
    {
        var (small, large) = (new HoldOut("2026", 0.05), new HoldOut("2026", 0.1));
        var split = new VariationSplit("exp", Buckets.Ranges(2), holdOut: large);
        var held = Enumerable.Range(0, 20_000).Select(i => $"{i}").Where(unit => large.Holds(unit)).ToArray();

        Assert.InRange(held.Length, 1_850, 2_150);
        Assert.All(held, unit => Assert.Equal(-1, split.Assign(unit)));
        Assert.DoesNotContain(Enumerable.Range(0, 20_000).Select(i => $"{i}"), unit => small.Holds(unit) && !large.Holds(unit));
    }

    [Fact]
    public void The_split_agrees_with_the_assigner()
    {
        var experiment = new Experiment
        {
            Key = "exp",
            HashVersion = 2,
            Coverage = 0.7,
            Weights = [0.2, 0.5, 0.3],
            Variations = [.. Enumerable.Range(0, 3).Select(i => JsonSerializer.SerializeToElement(i))],
        };
        var split = new VariationSplit("exp", Buckets.Ranges(3, 0.7, [0.2, 0.5, 0.3]));
        foreach (var unit in Enumerable.Range(0, 2_000).Select(i => $"{i}"))
        {
            var result = new Assigner { Attributes = JsonSerializer.SerializeToElement(new { id = unit }) }.Run(experiment);
            Assert.Equal(split.Assign(unit), result.InExperiment ? result.VariationId : -1);
        }
    }

    [Fact]
    public void Shares_are_what_was_asked_for_and_two_experiments_are_independent()
    {
        var (one, other) = (new VariationSplit("one", Buckets.Ranges(2)), new VariationSplit("other", Buckets.Ranges(2)));
        var cells = new long[4];
        for (var i = 0; i < 100_000; i++)
            cells[2 * one.Assign($"user-{i}") + other.Assign($"user-{i}")]++;
        Assert.True(SampleRatio.P(cells) > 0.001, string.Join(' ', cells));
    }

    [Fact]
    public void A_slow_regular_expression_fits_nothing_instead_of_hanging()
    {
        var condition = JsonDocument.Parse("""{"name": {"$regex": "^(a+)+$"}}""").RootElement;
        var attributes = JsonSerializer.SerializeToElement(new { name = new string('a', 40) + "!" });
        Assert.False(Condition.Fits(condition, attributes));
    }

    [Fact]
    public void Sticky_documents_of_somebody_else_are_passed_over()
    {
        var documents = new[] { new StickyDocument("id", "2", new Dictionary<string, string> { ["exp__0"] = "1" }) };
        Assert.Empty(new StickyBuckets(documents, JsonSerializer.SerializeToElement(new { id = "1" })).Documents);
    }
}
