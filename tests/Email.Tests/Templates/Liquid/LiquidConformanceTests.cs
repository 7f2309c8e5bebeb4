using MarketingPlatform.Email.Templates.Evaluation;
using MarketingPlatform.TestInfrastructure;
using Xunit;

namespace MarketingPlatform.Email.Tests.Templates.Liquid;

public class LiquidConformanceTests
{
    /// <summary>liquidjs passes 810 of the 1,054, DotLiquid by itself 663.</summary>
    [Fact]
    public async Task The_language_is_understood_as_the_conformance_suite_wants_it()
    {
        var cases = SharedData.Find("golden-liquid", "golden_liquid.json");
        Assert.SkipWhen(cases is null, SharedData.Missing);

        var tests = await LiquidEvaluation.ReadAsync(cases!, TestContext.Current.CancellationToken);
        var failed = tests.Select(LiquidEvaluation.Run).Where(outcome => !outcome.Passed).Select(outcome => outcome.Name).ToList();

        Assert.True(
            tests.Count - failed.Count >= 1_035,
            $"{tests.Count - failed.Count} of {tests.Count} pass. Failed: {string.Join("; ", failed)}"
        );
    }
}
