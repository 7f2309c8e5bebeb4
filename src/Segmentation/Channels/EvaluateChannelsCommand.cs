using System.CommandLine;
using System.Globalization;
using MarketingPlatform.Platform.CommandLine;
using MarketingPlatform.Segmentation.Rules;

namespace MarketingPlatform.Segmentation.Channels;

/// <summary>
/// <c>marketing evaluate channels --touches F.csv --orders F.csv --spend F.csv [--json]</c>: what each channel does in each segment, and
/// which is best. Touches: <c>customer,segment,channel,date[,engaged]</c>. Orders: <c>customer,date,value</c>; a negative value is a refund.
/// Spend: <c>date,channel,campaign,spend[,currency]</c>. Names of channels are one whatever their case. A touch of a customer of several segments is a
/// line for each, at one time.
/// </summary>
internal static class EvaluateChannelsCommand
{
    /// <param name="Unreached">Channels that cost money and touched nobody in the file: their spend is in no cell.</param>
    internal sealed record Report(
        int WindowDays,
        double Confidence,
        IReadOnlyList<BestChannel> Best,
        IReadOnlyList<ChannelCell> Cells,
        IReadOnlyDictionary<string, decimal> Unreached
    );

    public static Command Create()
    {
        var touches = File("--touches", "CSV: customer, segment, channel, date and, where known, engaged (1 or 0).", true);
        var orders = File("--orders", "CSV: customer, date, value. A negative value is a refund.", true);
        var spend = File("--spend", "CSV: date, channel, campaign, spend, currency. Without it channels cost nothing.", false);
        var days = VerbOptions.Ranged("--window-days", "An order counts for the last touch within so many days before it.", 30, 1, 3650);
        var json = VerbOptions.Json();
        var command = new Command("channels", "Reach, engagement, conversion, revenue and cost of each channel in each segment.")
        {
            touches,
            orders,
            spend,
            days,
            json,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var window = parsed.GetValue(days);
                var tally = ChannelTally.Of(
                    Touches(parsed.GetRequiredValue(touches)!),
                    Purchases(parsed.GetRequiredValue(orders)!),
                    TimeSpan.FromDays(window)
                );
                var spent = parsed.GetValue(spend) is { } path ? Spends(path) : [];
                var cells = ChannelEffectiveness.Of(tally, spent);
                var unreached = spent.Where(s => !tally.Customers.ContainsKey(s.Key)).OrderBy(s => s.Key, StringComparer.Ordinal);
                var report = new Report(window, 0.9, ChannelEffectiveness.Best(cells), cells, unreached.ToDictionary());
                var output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                    await output.WriteJsonAsync(report);
                else
                    Print(output, report);
                return 0;
            }
        );
        return command;

        static Option<string?> File(string name, string description, bool required) =>
            new(name) { Description = description, Required = required };
    }

    private static List<Touch> Touches(string path)
    {
        using var rows = CsvRows.Open(path, "customer", "segment", "channel", "date");
        var touches = new List<Touch>();
        while (rows.Read())
            touches.Add(
                new Touch(
                    rows.Text("customer"),
                    rows.Text("segment"),
                    Literal.Fold(rows.Text("channel")),
                    rows.Time("date"),
                    rows.Optional("engaged") is not null && rows.Truth("engaged")
                )
            );
        return touches.Count > 0 ? touches : throw new CommandException($"{path} has no line below its header.");
    }

    private static List<Purchase> Purchases(string path)
    {
        using var rows = CsvRows.Open(path, "customer", "date", "value");
        var purchases = new List<Purchase>();
        while (rows.Read())
            purchases.Add(new Purchase(rows.Text("customer"), rows.Time("date"), rows.Number("value")));
        return purchases;
    }

    private static Dictionary<string, decimal> Spends(string path)
    {
        using var rows = CsvRows.Open(path, "date", "channel", "spend");
        var spends = new Dictionary<string, decimal>();
        string? currency = null;
        while (rows.Read())
        {
            var amount = rows.Number("spend");
            if (amount < 0)
                throw rows.Bad("spend", "spend is zero or more.");
            if (rows.Optional("currency") is { } other && (currency ??= other) != other)
                throw rows.Bad("currency", $"{other} after {currency}: amounts must be in the one currency of the orders.");
            _ = rows.Time("date");
            var channel = Literal.Fold(rows.Text("channel"));
            spends[channel] = spends.GetValueOrDefault(channel) + amount;
        }
        return spends;
    }

    private static void Print(TextWriter output, Report report)
    {
        Line($"{"segment", -16}{"channel", -14}{"reach", 8}{"engaged", 9}{"bought", 9}{"revenue", 10}{"cost", 8}{"net", 9}  90 % of net");
        foreach (var c in report.Cells)
            Line(
                $"{c.Segment, -16}{c.Channel, -14}{c.Reach, 8:N0}{c.Engagement.Estimate, 9:P1}{c.Conversion.Estimate, 9:P1}{c.Revenue.Estimate, 10:N2}{c.Cost, 8:N2}{c.Net.Estimate, 9:N2}  {c.Net.Lower:N2} to {c.Net.Upper:N2}"
            );
        foreach (var best in report.Best)
            Line(
                $"{best.Segment}: {best.Channel}{(best.Runner is null ? "" : best.Clear ? $", clearly before {best.Runner}" : $", though {best.Runner} may be as good")}"
            );
        foreach (var (channel, spend) in report.Unreached)
            Line($"{channel}: {spend:N2} spent, and no touch in the file names it; it is in no figure above");

        void Line(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
