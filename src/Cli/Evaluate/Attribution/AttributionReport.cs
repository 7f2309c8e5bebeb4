using System.Globalization;
using System.Text;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate.Attribution;

/// <summary>A channel's line.</summary>
internal sealed record ChannelLine(string Channel, double Conversions, double Value, double? RemovalEffect);

/// <summary>What the command prints and writes.</summary>
/// <param name="Order">Order of the chain; null for models without one.</param>
/// <param name="WithNulls">Whether paths that ended without a purchase had a say.</param>
/// <param name="Paths">Rows of the file.</param>
/// <param name="Seconds">From opening the file to the last credit.</param>
internal sealed record AttributionReport(
    string Model,
    int? Order,
    bool WithNulls,
    long Paths,
    double Conversions,
    double Value,
    double Nulls,
    double Seconds,
    IReadOnlyList<ChannelLine> Channels
)
{
    public static AttributionReport Of(NamedModel asked, int order, PathFile file, Func<TimeSpan> elapsed)
    {
        var credits = asked.Model.Credits(file.Channels.Count);
        var lines = file
            .Channels.Zip(credits, (name, credit) => new ChannelLine(name, credit.Conversions, credit.Value, credit.RemovalEffect))
            .OrderBy(line => line.Channel, StringComparer.Ordinal)
            .ToArray();
        var isMarkov = asked.Name == NamedModel.Markov;
        return new AttributionReport(
            asked.Name,
            isMarkov ? order : null,
            asked.UsesNulls,
            file.Rows,
            file.Conversions,
            file.Value,
            file.Nulls,
            elapsed().TotalSeconds,
            lines
        );
    }

    /// <exception cref="CommandException">The file cannot be written.</exception>
    public async Task SaveAsync(string path, CancellationToken ct)
    {
        var text = new StringBuilder("channel,conversions,value");
        text.Append(HasEffects ? ",removal_effect\n" : "\n");
        foreach (var line in Channels)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Quoted(line.Channel)},{line.Conversions:R},{line.Value:R}");
            if (HasEffects)
                text.Append(CultureInfo.InvariantCulture, $",{line.RemovalEffect:R}");
            text.Append('\n');
        }
        try
        {
            await File.WriteAllTextAsync(path, text.ToString(), ct);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The file {path} (--output) cannot be written: {cause.Message}", cause);
        }
    }

    public void Write(TextWriter output)
    {
        var order = Order is { } k ? $", order {k}, {(WithNulls ? "with" : "without")} paths that ended without a purchase" : "";
        Print($"{Model}{order}: {Paths:N0} paths, {Conversions:N0} conversions worth {Value:N2}, in {Seconds:N2} s");
        Print($"{"channel", -24}{"conversions", 16}{"value", 18}{(HasEffects ? "removal effect" : ""), 16}");
        foreach (var line in Channels)
            Print($"{line.Channel, -24}{line.Conversions, 16:N3}{line.Value, 18:N3}{line.RemovalEffect, 16:P3}");

        void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture).TrimEnd());
    }

    private bool HasEffects => Model == NamedModel.Markov;

    private static string Quoted(string name) =>
        name.AsSpan().IndexOfAny(",\"\n\r") < 0 ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
