namespace MarketingPlatform.AdOptimization.Traffic;

/// <summary>What is looked at of a visit.</summary>
/// <param name="Person">Of whom, merges followed.</param>
/// <param name="Day">In the shop's time zone.</param>
internal sealed record VisitSeen(
    Guid Person,
    DateTimeOffset At,
    DateOnly Day,
    string ClickKind,
    string ClickId,
    string Channel,
    string Campaign,
    bool IsMachine
);

/// <summary>
/// Visits that no interested person made. Known crawlers name themselves; a click id is made for one click, so it counts once (a page that is
/// opened again is the same click); more than <see cref="MostInAMinute"/> clicks of a person in a minute are a burst, and more than
/// <see cref="MostInADay"/> in a day are a rate that nobody has. What is beyond those numbers is invalid, the first ones count.
/// </summary>
internal static class InvalidTraffic
{
    public const string Crawler = "crawler";
    public const string RepeatedId = "repeated-id";
    public const string Burst = "burst";
    public const string ImpossibleRate = "impossible-rate";

    public const int MostInAMinute = 5;
    public const int MostInADay = 30;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <param name="visits">All of some time, in any order.</param>
    /// <returns>Each visit, oldest first, with why it is invalid, or null.</returns>
    public static IReadOnlyList<(VisitSeen Visit, string? Invalid)> Judge(IEnumerable<VisitSeen> visits)
    {
        var ids = new HashSet<(string, string)>();
        var recent = new Dictionary<Guid, Queue<DateTimeOffset>>();
        var ofDay = new Dictionary<(Guid, DateOnly), int>();
        var judged = new List<(VisitSeen, string?)>();
        foreach (var visit in visits.OrderBy(v => v.At).ThenBy(v => v.ClickId, StringComparer.Ordinal).ThenBy(v => v.Person))
            judged.Add((visit, Of(visit)));
        return judged;

        string? Of(VisitSeen visit)
        {
            if (visit.IsMachine)
                return Crawler;
            if (visit.ClickId.Length > 0 && !ids.Add((visit.ClickKind, visit.ClickId)))
                return RepeatedId;
            if (!recent.TryGetValue(visit.Person, out var last))
                recent[visit.Person] = last = new();
            while (last.Count > 0 && visit.At - last.Peek() >= Minute)
                last.Dequeue();
            last.Enqueue(visit.At);
            if (last.Count > MostInAMinute)
                return Burst;
            ofDay[(visit.Person, visit.Day)] = ofDay.GetValueOrDefault((visit.Person, visit.Day)) + 1;
            return ofDay[(visit.Person, visit.Day)] > MostInADay ? ImpossibleRate : null;
        }
    }
}
