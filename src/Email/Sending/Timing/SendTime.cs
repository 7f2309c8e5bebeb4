namespace MarketingPlatform.Email.Sending.Timing;

/// <summary>Opens by people (not by scanners) in each local hour of the day: 24 counts.</summary>
internal sealed class OpensByHour
{
    public const int Hours = 24;

    public static readonly OpensByHour None = new(new double[Hours]);

    private readonly double[] counts;

    /// <exception cref="ArgumentException">Not 24 counts, or one below 0.</exception>
    public OpensByHour(IReadOnlyList<double> counts)
    {
        if (counts.Count != Hours || counts.Any(count => !(count >= 0)))
            throw new ArgumentException("Give 24 counts of 0 or more.", nameof(counts));
        this.counts = [.. counts];
    }

    public double this[int hour] => counts[(hour % Hours + Hours) % Hours];

    public double Total => counts.Sum();
}

/// <summary>
/// The hour at which a person most likely opens. Three curves over the day shrink to one another: the person's own opens to those of
/// their segment, those to everybody's, and everybody's to a flat day (Dirichlet prior whose mean is the next larger group; the
/// posterior mean is (count + κ · prior) / (total + κ); Gelman et al., Bayesian Data Analysis, 3rd ed. 2013, section 3.4). So one open
/// at 3 a.m. moves nobody to 3 a.m., and a shop with 50 people has a usable curve from the first day on.
/// </summary>
internal static class SendTime
{
    /// <summary>As many opens of one's own weigh as much as all that is known of one's segment.</summary>
    private const double OwnStrength = 6;
    private const double SegmentStrength = 30;
    private const double FlatStrength = 24;

    /// <returns>24 probabilities that sum to 1.</returns>
    public static double[] Curve(OpensByHour own, OpensByHour segment, OpensByHour everybody)
    {
        var flat = Enumerable.Repeat(1.0 / OpensByHour.Hours, OpensByHour.Hours).ToArray();
        var global = Shrink(everybody, flat, FlatStrength);
        var group = Shrink(segment, global, SegmentStrength);
        return Shrink(own, group, OwnStrength);
    }

    /// <summary>The first moment from <paramref name="from"/> on, within a day, whose hour is the best one that is not quiet.</summary>
    public static DateTimeOffset Best(double[] curve, TimeZoneInfo zone, QuietHoursOptions quiet, DateTimeOffset from)
    {
        var local = TimeZoneInfo.ConvertTime(from, zone);
        var hours = Enumerable
            .Range(0, OpensByHour.Hours)
            .Select(ahead => ahead == 0 ? from : LocalTimes.ToInstant(local.Date.AddHours(local.Hour + ahead), zone))
            .Where(at => QuietHours.Until(quiet, zone, at) is null)
            .ToArray();
        return hours.Length == 0 ? from : hours.MaxBy(at => curve[TimeZoneInfo.ConvertTime(at, zone).Hour]);
    }

    // Opens come in the hours around the best one too: each counts half for its own hour and a quarter for each neighbour.
    private static double[] Shrink(OpensByHour opens, double[] prior, double strength)
    {
        var total = opens.Total + strength;
        return [.. prior.Select((p, hour) => (opens[hour] / 2 + (opens[hour - 1] + opens[hour + 1]) / 4 + strength * p) / total)];
    }
}
