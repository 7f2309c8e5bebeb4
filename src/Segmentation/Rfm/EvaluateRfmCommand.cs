using System.CommandLine;
using System.Globalization;
using CsvHelper;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Segmentation.Rfm;

/// <summary>
/// <c>marketing evaluate rfm --transactions F.csv --output out.csv</c>: scores a file by the rules of <see cref="RfmScoring"/>. Columns
/// <c>customer,date,value</c>, one currency; a value below zero is money that went back.
/// </summary>
internal static class EvaluateRfmCommand
{
    private const string OneCurrency = "XXX";

    internal sealed record SegmentSize(string Segment, int Customers, double Share, decimal Monetary);

    internal sealed record Report(int Transactions, int Refunds, int Customers, int NotScored, IReadOnlyList<SegmentSize> Segments);

    public static Command Create()
    {
        var transactions = new Option<string>("--transactions")
        {
            Description = "CSV file (gzip too) with the columns customer, date, value: a line an order; a negative value is a refund.",
            Required = true,
        };
        var output = new Option<string>("--output")
        {
            Description = "CSV file to write: customer, recency_days, frequency, monetary, r, f, m, segment.",
            Required = true,
        };
        var json = VerbOptions.Json();
        var command = new Command("rfm", "Recency, frequency and monetary scores and the segments that follow, for a file of transactions.")
        {
            transactions,
            output,
            json,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                var (orders, refunds) = Read(parsed.GetRequiredValue(transactions));
                var scores = RfmScoring.Score(orders, refunds, TimeZoneInfo.Utc).OrderBy(s => s.Customer, StringComparer.Ordinal).ToList();
                await WriteAsync(parsed.GetRequiredValue(output), scores, ct);
                var customers = orders.Select(o => o.Customer).Concat(refunds.Select(r => r.Customer)).Distinct().Count();
                var report = Summarise(scores, orders.Count, refunds.Count, customers);
                var console = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                    await console.WriteJsonAsync(report);
                else
                    Print(console, report);
                return 0;
            }
        );
        return command;
    }

    private static (List<RfmOrder<string>> Orders, List<RfmRefund<string>> Refunds) Read(string path)
    {
        using var rows = CsvRows.Open(path, "customer", "date", "value");
        var orders = new List<RfmOrder<string>>();
        var refunds = new List<RfmRefund<string>>();
        while (rows.Read())
        {
            var (customer, at, value) = (rows.Text("customer"), rows.Time("date"), rows.Number("value"));
            if (value < 0)
                refunds.Add(new RfmRefund<string>(customer, null, -value, OneCurrency));
            else
                orders.Add(new RfmOrder<string>(customer, null, at, value, OneCurrency));
        }
        if (orders.Count == 0)
            throw new CommandException($"{path} has no order: no line with a value of zero or more.");
        return (orders, refunds);
    }

    private static async Task WriteAsync(string path, IReadOnlyList<RfmScore<string>> scores, CancellationToken ct)
    {
        try
        {
            await using var file = new StreamWriter(path);
            await using var csv = new CsvWriter(file, CultureInfo.InvariantCulture);
            foreach (var column in new[] { "customer", "recency_days", "frequency", "monetary", "r", "f", "m", "segment" })
                csv.WriteField(column);
            await csv.NextRecordAsync();
            foreach (var score in scores)
            {
                ct.ThrowIfCancellationRequested();
                csv.WriteField(score.Customer);
                csv.WriteField(score.RecencyDays);
                csv.WriteField(score.Frequency);
                csv.WriteField(score.Monetary);
                csv.WriteField(score.R);
                csv.WriteField(score.F);
                csv.WriteField(score.M);
                csv.WriteField(score.Segment.Name);
                await csv.NextRecordAsync();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be written: {e.Message}", e);
        }
    }

    private static Report Summarise(IReadOnlyList<RfmScore<string>> scores, int orders, int refunds, int customers) =>
        new(
            orders + refunds,
            refunds,
            scores.Count,
            customers - scores.Count,
            [
                .. RfmSegment.All.Select(segment =>
                {
                    var own = scores.Where(s => s.Segment == segment).ToList();
                    return new SegmentSize(
                        segment.Name,
                        own.Count,
                        scores.Count == 0 ? 0 : (double)own.Count / scores.Count,
                        own.Sum(s => s.Monetary)
                    );
                }),
            ]
        );

    private static void Print(TextWriter console, Report report)
    {
        console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Transactions:N0} transactions, {report.Refunds:N0} of them refunds; {report.Customers:N0} customers scored, {report.NotScored:N0} not (no order stands, or all money went back)"
            )
        );
        foreach (var s in report.Segments)
            console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{s.Segment, -20}{s.Customers, 9:N0}{s.Share, 8:P1}{s.Monetary, 18:N2}")
            );
    }
}
