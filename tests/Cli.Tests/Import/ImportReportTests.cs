using CsCheck;
using MarketingPlatform.Cli.Api;
using MarketingPlatform.Cli.Import;
using MarketingPlatform.Platform.CommandLine;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Import;

public sealed class ImportReportTests
{
    private const string Answer = """
        {"id":"0199","kind":"orders","status":"completed","lines":{"read":10,"accepted":8,"rejected":2},
         "orders":{"read":4,"accepted":3,"refunds":1},"customers":{"identified":2,"anonymous":1},"rejectedByReason":{"no price":2}}
        """;

    [Fact]
    public void The_answer_of_the_platform_is_printed_in_lines_and_orders()
    {
        var text = ImportReport.Parse("q4.csv", Answer).ToText("q4.csv");

        Assert.Contains("10 read, 8 accepted, 2 rejected", text, StringComparison.Ordinal);
        Assert.Contains("4 read, 3 accepted, 1 refunds", text, StringComparison.Ordinal);
        Assert.Contains("2 identified, 1 anonymous", text, StringComparison.Ordinal);
        Assert.Contains("2 × no price", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Totals_are_sums_and_leave_out_customers_that_files_share()
    {
        var total = ImportReport.Total([ImportReport.Parse("a", Answer), ImportReport.Parse("b", Answer.Replace("no price", "no date"))]);

        Assert.Equal(new LineCounts(20, 16, 4), total.Lines);
        Assert.Equal(new OrderCounts(8, 6, 2), total.Orders);
        Assert.Null(total.Customers);
        Assert.Equal(new Dictionary<string, long> { ["no price"] = 2, ["no date"] = 2 }, total.RejectedByReason);
    }

    [Fact]
    public void The_total_does_not_depend_on_the_order_of_the_files() =>
        Gen.Select(Gen.Long[0, 1_000_000], Gen.Long[0, 1_000], Gen.String)
            .Select(
                (accepted, rejected, reason) =>
                    new ImportReport(
                        "orders",
                        "completed",
                        new LineCounts(accepted + rejected, accepted, rejected),
                        null,
                        null,
                        new Dictionary<string, long> { [reason] = rejected }
                    )
            )
            .Array[1, 6]
            .Sample(reports =>
            {
                var there = ImportReport.Total(reports);
                var back = ImportReport.Total(reports.Reverse());
                return there.Lines == back.Lines
                    && there.RejectedByReason!.OrderBy(r => r.Key).SequenceEqual(back.RejectedByReason!.OrderBy(r => r.Key));
            });

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("<html>")]
    public void Another_answer_is_quoted(string answer) => Assert.Throws<CommandException>(() => ImportReport.Parse("a.csv", answer));
}
