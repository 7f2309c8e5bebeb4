using System.CommandLine;
using System.Text.Json;
using MarketingPlatform.Cli.Evaluate.Experiments;
using MarketingPlatform.Platform.CommandLine;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Evaluate.Experiments;

public sealed class SampleSizeCommandTests
{
    [Theory]
    [InlineData(1_030.2, "--baseline", "0.2", "--effect", "0.05", "--power", "0.8")]
    [InlineData(51_486.5, "--baseline", "0.03", "--effect", "0.1", "--relative")]
    public async Task Units_an_arm_are_printed(double units, params string[] options)
    {
        var json = await RunAsync([.. options, "--json"]);
        Assert.Equal(units, json.GetProperty("unitsPerArm").GetDouble(), 0.05);
    }

    [Fact]
    public async Task A_rate_that_cannot_be_is_refused_by_the_options_name()
    {
        var failure = await Assert.ThrowsAsync<CommandException>(() => RunAsync(["--baseline", "1.2", "--effect", "0.1"]));
        Assert.Equal("--baseline 1.2: A rate lies strictly between 0 and 1.", failure.Message);
    }

    private static async Task<JsonElement> RunAsync(string[] options)
    {
        var output = new StringWriter();
        var configuration = new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false };
        await SampleSizeCommand.Create().Parse(options).InvokeAsync(configuration, TestContext.Current.CancellationToken);
        return JsonDocument.Parse(output.ToString()).RootElement;
    }
}
