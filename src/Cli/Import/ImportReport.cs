using System.Globalization;
using System.Text;
using System.Text.Json;
using MarketingPlatform.Cli.Api;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Import;

/// <summary>What became of a file: the answer of <c>POST /api/v1/imports</c>.</summary>
/// <param name="Orders">In files of orders only.</param>
/// <param name="Customers">Where lines name customers; a total has none, as one customer may be in several files.</param>
internal sealed record ImportReport(
    string Kind,
    string Status,
    LineCounts Lines,
    OrderCounts? Orders,
    CustomerCounts? Customers,
    IReadOnlyDictionary<string, long>? RejectedByReason
)
{
    /// <exception cref="CommandException">The answer is not a report.</exception>
    public static ImportReport Parse(string file, string body)
    {
        try
        {
            var report = JsonSerializer.Deserialize<ImportReport>(body, JsonSerializerOptions.Web);
            if (report is { Kind: not null, Lines: not null })
                return report;
            throw new CommandException($"The platform took {file} but did not answer with a report: {body}");
        }
        catch (JsonException cause)
        {
            throw new CommandException($"The platform took {file} but did not answer with a report: {body}", cause);
        }
    }

    /// <summary>The sum of reports of one kind.</summary>
    public static ImportReport Total(IEnumerable<ImportReport> reports)
    {
        ImportReport[] all = [.. reports];
        return new ImportReport(
            all[0].Kind,
            all.Select(report => report.Status).Distinct().Count() == 1 ? all[0].Status : "mixed",
            new LineCounts(all.Sum(r => r.Lines.Read), all.Sum(r => r.Lines.Accepted), all.Sum(r => r.Lines.Rejected)),
            all.Any(r => r.Orders is not null)
                ? new OrderCounts(
                    all.Sum(r => r.Orders?.Read ?? 0),
                    all.Sum(r => r.Orders?.Accepted ?? 0),
                    all.Sum(r => r.Orders?.Refunds ?? 0)
                )
                : null,
            Customers: null,
            all.SelectMany(report => report.RejectedByReason ?? new Dictionary<string, long>())
                .GroupBy(reason => reason.Key)
                .ToDictionary(reason => reason.Key, reason => reason.Sum(count => count.Value))
        );
    }

    public string ToText(string title)
    {
        var text = new StringBuilder($"{title}: {Status}");
        text.Append(
            CultureInfo.InvariantCulture,
            $"\n  lines:     {Lines.Read:N0} read, {Lines.Accepted:N0} accepted, {Lines.Rejected:N0} rejected"
        );
        if (Orders is not null)
            text.Append(
                CultureInfo.InvariantCulture,
                $"\n  orders:    {Orders.Read:N0} read, {Orders.Accepted:N0} accepted, {Orders.Refunds:N0} refunds"
            );
        if (Customers is not null)
            text.Append(
                CultureInfo.InvariantCulture,
                $"\n  customers: {Customers.Identified:N0} identified, {Customers.Anonymous:N0} anonymous"
            );
        foreach (var (reason, count) in (RejectedByReason ?? new Dictionary<string, long>()).OrderByDescending(entry => entry.Value))
            text.Append(CultureInfo.InvariantCulture, $"\n  rejected:  {count:N0} × {reason}");
        return text.ToString();
    }
}

internal sealed record LineCounts(long Read, long Accepted, long Rejected);

internal sealed record OrderCounts(long Read, long Accepted, long Refunds);

internal sealed record CustomerCounts(long Identified, long Anonymous);
