namespace MarketingPlatform.Cli.Demo.Shop;

/// <summary>
/// The two years before <paramref name="now"/>. A shopper's life is drawn in shares of the two years and only then laid onto the
/// calendar with its
/// week-ends and Christmases: so a run on another day makes the same events, with the same message ids, at shifted times.
/// </summary>
internal sealed class Timeline
{
    private const int Days = 730;

    /// <summary>Visits by hour of the local day: quiet nights, a lunch break, busy evenings.</summary>
    private static readonly double[] Hours =
    [
        0.3,
        0.2,
        0.1,
        0.1,
        0.1,
        0.2,
        0.6,
        1.2,
        1.8,
        2.2,
        2.4,
        2.5,
        3.0,
        2.6,
        2.2,
        2.2,
        2.4,
        2.8,
        3.4,
        4.2,
        4.8,
        4.2,
        2.6,
        1.0,
    ];

    private readonly double[] _cumulative = new double[Days];

    public Timeline(DateTimeOffset now)
    {
        Now = now;
        Start = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(-Days);
        var sum = 0.0;
        for (var day = 0; day < Days; day++)
            _cumulative[day] = sum += Weight(Start.AddDays(day), day);
        for (var day = 0; day < Days; day++)
            _cumulative[day] /= sum;
    }

    public DateTimeOffset Start { get; }

    public DateTimeOffset Now { get; }

    /// <param name="share">0 to 1.</param>
    /// <param name="utcOffset">Hours that the local clock is ahead of UTC.</param>
    public DateTimeOffset At(double share, int utcOffset, Chance chance)
    {
        var found = Array.BinarySearch(_cumulative, share);
        var day = Math.Min(found < 0 ? ~found : found, Days - 1);
        var hour = chance.Weighted(Hours) - utcOffset;
        return Start.AddDays(day).AddHours(hour).AddSeconds(3600 * chance.Unit());
    }

    private static double Weight(DateTimeOffset date, int day)
    {
        var week = date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 1.25 : 1;
        var season = date.Month switch
        {
            11 => 1.3,
            12 => date.Day <= 22 ? 1.7 : 0.7,
            1 or 2 => 0.85,
            7 or 8 => 0.8,
            _ => 1,
        };
        return week * season * (1 + 0.3 * day / Days);
    }
}
