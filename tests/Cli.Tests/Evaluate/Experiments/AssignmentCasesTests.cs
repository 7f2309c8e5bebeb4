using MarketingPlatform.Cli.Evaluate.Experiments;
using MarketingPlatform.Platform.CommandLine;
using MarketingPlatform.TestInfrastructure;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Evaluate.Experiments;

public sealed class AssignmentCasesTests
{
    [Fact]
    public void Every_vector_of_GrowthBooks_SDK_passes()
    {
        var files = SharedData.Files("growthbook-cases", "cases*.json");
        Assert.SkipWhen(files.Count == 0, SharedData.Missing);

        var sections = AssignmentCases.Run(files[0], out var skipped);
        Assert.Equal(["decrypt", "urlRedirect"], skipped);
        Assert.Equal(
            [
                "evalCondition",
                "hash",
                "getBucketRange",
                "feature",
                "run",
                "chooseVariation",
                "getQueryStringOverride",
                "inNamespace",
                "getEqualWeights",
                "stickyBucket",
            ],
            sections.Select(section => section.Section)
        );
        Assert.All(
            sections,
            section => Assert.True(section.Failed == 0 && section.Passed > 0, $"{section.Section}: {string.Join("; ", section.Failures)}")
        );
    }

    [Fact]
    public void A_wrong_expectation_is_counted_as_failed()
    {
        using var file = new TemporaryFile("""{"hash": [["", "a", 1, 0.22], ["", "a", 1, 0.23]], "decrypt": []}""");
        var section = Assert.Single(AssignmentCases.Run(file.Path, out _));
        Assert.Equal((1, 1), (section.Passed, section.Failed));
    }

    [Theory]
    [InlineData("[]", "is not an object of sections")]
    [InlineData("{", "is not JSON")]
    [InlineData("{}", "has no section of GrowthBook's vectors")]
    [InlineData("""{"hash": [["a"]]}""", "is not laid out as GrowthBook's are")]
    public void A_file_of_something_else_is_refused(string content, string reason)
    {
        using var file = new TemporaryFile(content);
        Assert.Contains(
            reason,
            Assert.Throws<CommandException>(() => AssignmentCases.Run(file.Path, out _)).Message,
            StringComparison.Ordinal
        );
    }
}
