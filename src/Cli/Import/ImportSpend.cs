using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Cli.Api;
using MarketingPlatform.Cli.Evaluate;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Import;

/// <summary>
/// Sends what channels cost (<c>date,channel,spend</c>; where known also <c>campaign,currency,impressions,clicks,conversions</c>) to AdOptimization, which tells the others. A day of a campaign
/// that was imported before is replaced, so a file may be sent twice.
/// </summary>
internal static class ImportSpend
{
    private const int RowsARequest = 1_000;
    private static readonly string[] Counts = ["impressions", "clicks", "conversions"];

    /// <param name="Reasons">At most twenty, with file and line.</param>
    internal sealed record Report(int Rows, int Accepted, int Rejected, IReadOnlyList<string> Reasons)
    {
        public void Write(TextWriter output)
        {
            output.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"spend: {Rows:N0} rows read, {Accepted:N0} accepted, {Rejected:N0} rejected")
            );
            foreach (var reason in Reasons)
                output.WriteLine("  " + reason);
        }
    }

    public static async Task<Report> RunAsync(PlatformApi api, IReadOnlyList<ImportFile> files, string? currency, CancellationToken ct)
    {
        var (rows, accepted) = (0, 0);
        var reasons = new List<string>();
        foreach (var file in files)
        foreach (var some in Read(file.Path, currency).Chunk(RowsARequest))
        {
            var body = new JsonObject { ["rows"] = new JsonArray([.. some.Select(row => row.Json)]) };
            var answer = JsonNode.Parse(await api.PostAsync(Routes.Ads + "/performance", () => JsonContent.Create(body), ct))!;
            rows += some.Length;
            accepted += (int)answer["accepted"]!;
            foreach (var refused in answer["rejected"]!.AsArray())
                reasons.Add($"{file.Path}, line {some[(int)refused!["index"]!].Line}: {refused["reason"]}");
        }
        return new Report(rows, accepted, reasons.Count, [.. reasons.Take(20)]);
    }

    /// <summary>Spend alone says nothing of impressions, clicks and conversions: they are left out, not none.</summary>
    internal static IEnumerable<(long Line, JsonObject Json)> Read(string path, string? currency)
    {
        using var table = CsvTable.Open(path);
        var (date, channel, spend) = (table.Column("date"), table.Column("channel"), table.Column("spend"));
        var campaign = table.Columns.Contains("campaign") ? table.Column("campaign") : -1;
        var own = table.Columns.Contains("currency") ? table.Column("currency") : -1;
        var counts = Counts.Where(table.Columns.Contains).Select(name => (name, table.Column(name))).ToList();
        while (table.Read())
        {
            if (!DateOnly.TryParseExact(table[date], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
                throw table.Bad(date, $"\"{table[date]}\" is not a day such as 2026-11-26.");
            if (
                !decimal.TryParse(
                    table[spend],
                    NumberStyles.Number & ~NumberStyles.AllowThousands,
                    CultureInfo.InvariantCulture,
                    out var amount
                )
            )
                throw table.Bad(spend, $"\"{table[spend]}\" is not a number with a decimal point.");
            var money = own >= 0 && table[own].Length > 0 ? table[own].ToString() : currency;
            var row = new JsonObject
            {
                ["date"] = day.ToString("O", CultureInfo.InvariantCulture),
                ["channel"] = table[channel].ToString(),
                ["spend"] = amount,
            };
            foreach (var (name, column) in counts)
                if (table[column].Length > 0)
                    row[name] = long.TryParse(table[column], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                        ? count
                        : throw table.Bad(column, $"\"{table[column]}\" is not a whole number.");
            if (campaign >= 0 && table[campaign].Length > 0)
                row["campaign"] = table[campaign].ToString();
            if (money is not null)
                row["currency"] = money;
            yield return (table.Line, row);
        }
    }
}
