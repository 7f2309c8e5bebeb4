using System.Globalization;

namespace MarketingPlatform.Cli.Bench.Pages;

/// <summary>How long one page took.</summary>
/// <param name="MedianMs">From the request to the last byte of the page, milliseconds; half of the visits were faster.</param>
/// <param name="P95Ms">Nineteen of twenty were faster.</param>
internal sealed record PageTime(string Page, string Path, int Visits, double MedianMs, double P95Ms)
{
    public static PageTime Of(string page, string path, IReadOnlyCollection<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToArray();
        return new PageTime(page, path, sorted.Length, Math.Round(At(0.5), 1), Math.Round(At(0.95), 1));

        // Nearest rank.
        double At(double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
    }
}

/// <summary>What the bench prints.</summary>
/// <param name="LimitMs">What a page may take; the slowest median is held against it.</param>
internal sealed record PagesReport(
    long Customers,
    long Events,
    double LimitMs,
    double SlowestMedianMs,
    bool WithinLimit,
    IReadOnlyList<PageTime> Pages,
    string Setting
)
{
    private const double Limit = 300;

    private const string How =
        "signed in as administrator, one visit at a time over HTTP on loopback; platform, PostgreSQL and the visitor share this machine";

    public static PagesReport Of(long customers, long events, IReadOnlyList<PageTime> pages)
    {
        var slowest = pages.Max(page => page.MedianMs);
        return new PagesReport(
            customers,
            events,
            Limit,
            slowest,
            slowest <= Limit,
            pages,
            $"{Environment.ProcessorCount} processors; {How}"
        );
    }

    public void Write(TextWriter output)
    {
        Print($"customers  {Customers:N0}, events {Events:N0}");
        foreach (var page in Pages)
            Print($"{page.Page, -18}median {page.MedianMs, 7:N1} ms   p95 {page.P95Ms, 7:N1} ms   {page.Path}");
        Print($"slowest    {SlowestMedianMs:N1} ms median (wanted: {LimitMs:N0} ms or less)");
        Print($"setting    {Setting}");

        void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
