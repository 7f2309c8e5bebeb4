using System.CommandLine;
using MarketingPlatform.Platform.CommandLine;
using MarketingPlatform.Segmentation.Rfm;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Rfm;

public sealed class EvaluateRfmCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("rfm-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_file_is_scored_with_ties_refunds_and_segments()
    {
        var scored = await RunAsync(
            "customer,date,value\nann,2026-01-10,50\nann,2026-01-20,30.5\nbob,2026-01-01,10\ncem,2026-01-01,10\ndan,2026-01-05,20\ndan,2026-01-06,-20\n"
        );
        Assert.Equal(
            [
                "customer,recency_days,frequency,monetary,r,f,m,segment",
                "ann,0,2,80.5,4,4,4,Loyal",
                "bob,19,1,10,1,1,1,Lost", // equal values have equal scores
                "cem,19,1,10,1,1,1,Lost",
            ],
            scored
        );
    }

    [Theory]
    [InlineData("customer,when,value\n", "has no column \"date\"")]
    [InlineData("customer,date,value\na,yesterday,3\n", "line 2, column \"date\"")]
    [InlineData("customer,date,value\na,2026-01-01,3\na,2026-01-01,\"1,5\"\n", "line 3, column \"value\"")]
    [InlineData("customer,date,value\na,2026-01-01,-3\n", "no order")]
    [InlineData("customer,date,value\na,02/03/2026,3\n", "is not a date such as 2026-11-26")] // the second of March, or the third of February
    [InlineData("customer,date,value\na,10:30,3\n", "is not a date")] // would be today
    [InlineData("customer;date;value\na;2026-01-01;3\n", "commas are expected")]
    [InlineData("", "is empty")]
    public async Task What_is_wrong_with_a_file_is_said_with_its_place(string csv, string message) =>
        Assert.Contains(message, (await Assert.ThrowsAsync<CommandException>(() => RunAsync(csv))).Message, StringComparison.Ordinal);

    private async Task<string[]> RunAsync(string csv)
    {
        var (input, output) = (Path.Combine(folder, "in.csv"), Path.Combine(folder, "out.csv"));
        await File.WriteAllTextAsync(input, csv, TestContext.Current.CancellationToken);
        var root = new RootCommand { EvaluateRfmCommand.Create() };
        await root.Parse(["rfm", "--transactions", input, "--output", output])
            .InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = TextWriter.Null },
                TestContext.Current.CancellationToken
            );
        return await File.ReadAllLinesAsync(output, TestContext.Current.CancellationToken);
    }
}
