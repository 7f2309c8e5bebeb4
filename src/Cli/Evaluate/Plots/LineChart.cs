using System.Globalization;
using System.Security;
using System.Text;

namespace MarketingPlatform.Cli.Evaluate.Plots;

/// <summary>A line of a chart.</summary>
internal sealed record Line(string Name, IReadOnlyList<(double X, double Y)> Points, bool Dashed = false);

/// <summary>A line chart as SVG, readable on light and dark pages.</summary>
/// <param name="Title">Above the chart.</param>
/// <param name="XLabel">Below it, with the unit.</param>
/// <param name="YLabel">Beside it, with the unit.</param>
internal sealed record LineChart(string Title, string XLabel, string YLabel, IReadOnlyList<Line> Lines)
{
    private const double Width = 760;
    private const double Height = 420;
    private const double Left = 70;
    private const double Right = 20;
    private const double Top = 40;
    private const double Bottom = 60;
    private static readonly string[] Colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#666666", "#000000"];

    public string ToSvg()
    {
        var points = Lines.SelectMany(line => line.Points).ToArray();
        var (minX, maxX, stepX) = Axis(points.Min(p => p.X), points.Max(p => p.X));
        var (minY, maxY, stepY) = Axis(Math.Min(0, points.Min(p => p.Y)), points.Max(p => p.Y));
        double X(double x) => Left + (x - minX) / (maxX - minX) * (Width - Left - Right);
        double Y(double y) => Height - Bottom - (y - minY) / (maxY - minY) * (Height - Top - Bottom);

        var svg = new StringBuilder();
        Add($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="13">""");
        Add($"""<rect width="{Width}" height="{Height}" fill="white"/>""");
        Add($"""<text x="{Width / 2}" y="22" text-anchor="middle" font-size="15">{Escaped(Title)}</text>""");
        for (var x = minX; x <= maxX + stepX / 2; x += stepX)
        {
            Add($"""<line x1="{X(x):F1}" x2="{X(x):F1}" y1="{Y(minY):F1}" y2="{Y(maxY):F1}" stroke="#e5e5e5"/>""");
            Add($"""<text x="{X(x):F1}" y="{Height - Bottom + 18}" text-anchor="middle">{x:#,0.####}</text>""");
        }
        for (var y = minY; y <= maxY + stepY / 2; y += stepY)
        {
            Add($"""<line x1="{X(minX):F1}" x2="{X(maxX):F1}" y1="{Y(y):F1}" y2="{Y(y):F1}" stroke="#e5e5e5"/>""");
            Add($"""<text x="{Left - 8}" y="{Y(y) + 4:F1}" text-anchor="end">{y:#,0.####}</text>""");
        }
        Add($"""<text x="{Width / 2}" y="{Height - 18}" text-anchor="middle">{Escaped(XLabel)}</text>""");
        Add($"""<text x="16" y="{Height / 2}" text-anchor="middle" transform="rotate(-90 16 {Height / 2})">{Escaped(YLabel)}</text>""");
        for (var i = 0; i < Lines.Count; i++)
        {
            var path = string.Join(
                ' ',
                Lines[i].Points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.X):F1},{Y(p.Y):F1}"))
            );
            var dash = Lines[i].Dashed ? " stroke-dasharray=\"6 4\"" : "";
            Add($"""<polyline points="{path}" fill="none" stroke="{Colours[i % Colours.Length]}" stroke-width="2"{dash}/>""");
            var y = Top + 16 + 18 * i;
            Add(
                $"""<line x1="{Left + 12}" x2="{Left + 36}" y1="{y - 4}" y2="{y - 4}" stroke="{Colours[i % Colours.Length]}" stroke-width="2"{dash}/>"""
            );
            Add($"""<text x="{Left + 42}" y="{y}">{Escaped(Lines[i].Name)}</text>""");
        }
        return svg.Append("</svg>\n").ToString();

        void Add(FormattableString element) => svg.Append(element.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Escaped(string text) => SecurityElement.Escape(text);

    /// <summary>Ends and steps of 1, 2 or 5 times a power of ten, about six of them.</summary>
    private static (double Min, double Max, double Step) Axis(double min, double max)
    {
        if (max <= min)
            max = min + 1;
        var power = Math.Pow(10, Math.Floor(Math.Log10((max - min) / 6)));
        var step = new[] { 1, 2, 5, 10 }.Select(factor => factor * power).First(candidate => (max - min) / candidate <= 7);
        return (Math.Floor(min / step) * step, Math.Ceiling(max / step) * step, step);
    }
}
