using System.Globalization;
using System.Net;
using System.Text;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate;

/// <summary>A line of a plot.</summary>
/// <param name="Points">Ascending in X.</param>
/// <param name="Dashed">For what is only there to compare with.</param>
internal sealed record PlotLine(string Name, IReadOnlyList<(double X, double Y)> Points, bool Dashed = false);

/// <summary>A plot of a few lines as SVG that needs nothing from outside and reads on light and on dark pages.</summary>
internal sealed record LinePlot(string Title, string XLabel, string YLabel, IReadOnlyList<PlotLine> Lines)
{
    private const int Width = 720;
    private const int Height = 420;
    private const int Left = 70;
    private const int Right = 190;
    private const int Top = 44;
    private const int Bottom = 54;

    /// <summary>Told apart also by people who see few colours (Okabe and Ito 2008).</summary>
    private static readonly string[] Colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#777777"];

    /// <exception cref="CommandException">The file cannot be written.</exception>
    public async Task SaveAsync(string path, CancellationToken ct)
    {
        try
        {
            await File.WriteAllTextAsync(path, ToSvg(), ct);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The file {path} (--plot) cannot be written: {cause.Message}", cause);
        }
    }

    public string ToSvg()
    {
        var (xs, ys) = (
            Ticks.Of(Lines.SelectMany(line => line.Points).Select(p => p.X)),
            Ticks.Of(Lines.SelectMany(line => line.Points).Select(p => p.Y))
        );
        var svg = new StringBuilder();
        Add($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="13">""");
        Add($"""<rect width="{Width}" height="{Height}" fill="#ffffff"/>""");
        Add($"""<text x="{Left}" y="24" font-size="16">{Escaped(Title)}</text>""");
        foreach (var tick in xs.Values)
        {
            Add($"""<line x1="{X(tick):F1}" y1="{Top}" x2="{X(tick):F1}" y2="{Height - Bottom}" stroke="#e5e5e5"/>""");
            Add($"""<text x="{X(tick):F1}" y="{Height - Bottom + 18}" text-anchor="middle">{Label(tick)}</text>""");
        }
        foreach (var tick in ys.Values)
        {
            Add($"""<line x1="{Left}" y1="{Y(tick):F1}" x2="{Width - Right}" y2="{Y(tick):F1}" stroke="#e5e5e5"/>""");
            Add($"""<text x="{Left - 8}" y="{Y(tick) + 4:F1}" text-anchor="end">{Label(tick)}</text>""");
        }
        Add($"""<text x="{(Left + Width - Right) / 2}" y="{Height - 14}" text-anchor="middle">{Escaped(XLabel)}</text>""");
        var middle = (Top + Height - Bottom) / 2;
        Add($"""<text x="16" y="{middle}" text-anchor="middle" transform="rotate(-90 16 {middle})">{Escaped(YLabel)}</text>""");
        foreach (var (line, i) in Lines.Select((line, i) => (line, i)))
        {
            var (colour, dash) = (Colours[i % Colours.Length], line.Dashed ? " stroke-dasharray=\"6 4\"" : "");
            var points = string.Join(' ', line.Points.Select(p => Invariant($"{X(p.X):F1},{Y(p.Y):F1}")));
            Add($"""<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>""");
            var y = Top + 14 + 22 * i;
            Add(
                $"""<line x1="{Width - Right + 14}" y1="{y - 4}" x2="{Width - Right + 38}" y2="{y - 4}" stroke="{colour}" stroke-width="2"{dash}/>"""
            );
            Add($"""<text x="{Width - Right + 44}" y="{y}">{Escaped(line.Name)}</text>""");
        }
        Add($"</svg>");
        return svg.ToString();

        void Add(FormattableString element) => svg.Append(Invariant(element)).Append('\n');
        double X(double value) => Left + (value - xs.From) / (xs.To - xs.From) * (Width - Left - Right);
        double Y(double value) => Height - Bottom - (value - ys.From) / (ys.To - ys.From) * (Height - Top - Bottom);
    }

    private static string Label(double tick) => tick.ToString("#,0.######", CultureInfo.InvariantCulture);

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Round numbers along an axis.</summary>
    private sealed record Ticks(double From, double To, IReadOnlyList<double> Values)
    {
        public static Ticks Of(IEnumerable<double> shown)
        {
            var (least, most) = shown.Aggregate(
                (Least: 0.0, Most: 0.0),
                (range, value) => (Math.Min(range.Least, value), Math.Max(range.Most, value))
            );
            if (most - least < 1e-12)
                most = least + 1;
            var rough = (most - least) / 5;
            var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
            var step =
                power
                * (rough / power) switch
                {
                    <= 1 => 1,
                    <= 2 => 2,
                    <= 5 => 5,
                    _ => 10,
                };
            var (first, last) = ((int)Math.Floor(least / step + 1e-9), (int)Math.Ceiling(most / step - 1e-9));
            return new Ticks(first * step, last * step, [.. Enumerable.Range(first, last - first + 1).Select(i => i * step)]);
        }
    }
}
