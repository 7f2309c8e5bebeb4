using System.Globalization;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Execution;

namespace MarketingPlatform.Email.Automations.Forecast;

/// <summary>How many customers an automation would have let in lately, by what really happened.</summary>
/// <param name="Customers">Each once; null where it cannot be known.</param>
/// <param name="Refused">Others who did what it begins with, and were not let in.</param>
/// <param name="MayGetMail">Of the customers, those whom its mails may reach.</param>
/// <param name="HeldOut">Of the customers, those who would be left out to compare the others with.</param>
/// <param name="Days">Over how many days; may be a part of one.</param>
/// <param name="Notes">What to mind about the figures.</param>
internal sealed record AudienceForecast(
    int? Customers,
    int Refused,
    int MayGetMail,
    int HeldOut,
    double Days,
    string Sentence,
    IReadOnlyList<string> Notes
)
{
    /// <value>Customers a week who go through it; null where it cannot be known.</value>
    public double? PerWeek => Customers is { } customers && Days > 0 ? (customers - HeldOut) * 7 / Days : null;

    public static AudienceForecast Unknown(string why, double days = 0, IReadOnlyList<string>? notes = null) =>
        new(null, 0, 0, 0, days, $"How many customers it would have let in cannot be known: {why}.", notes ?? []);

    /// <summary>A person of the events.</summary>
    /// <param name="Earlier">Their journeys by key, from before the events.</param>
    /// <param name="WhyNoMail">Null: its mails may reach them.</param>
    internal sealed record Candidate(Guid Id, Facts Facts, IReadOnlyDictionary<string, EarlierJourneys> Earlier, string? WhyNoMail);

    /// <summary>Asks of each event what <see cref="Entry"/> asks of it when it happens, by what is known of the customer now.</summary>
    /// <param name="personOf">The person behind each id; ids that are unknown are left out.</param>
    /// <param name="entered">Journeys that it has let in so far.</param>
    public static AudienceForecast Of(
        Plan plan,
        Recorded recorded,
        IReadOnlyDictionary<Guid, Guid> personOf,
        IReadOnlyDictionary<Guid, Candidate> candidates,
        HoldOutRules holdOuts,
        long entered,
        IReadOnlyList<string> notes,
        DateTimeOffset now
    )
    {
        var days = (now - recorded.Since).TotalDays;
        if (recorded.WhyUnknown is { } why)
            return Unknown(why, days, notes);
        HashSet<Guid> asked = [];
        HashSet<Guid> let = [];
        var (mayGet, heldOut) = (0, 0);
        foreach (var e in recorded.Events.OrderBy(e => e.At))
        {
            if (!personOf.TryGetValue(e.CustomerId, out var person) || !candidates.TryGetValue(person, out var candidate))
                continue;
            asked.Add(person);
            if (let.Contains(person) || !Enters(plan, e, candidate))
                continue;
            let.Add(person);
            if (holdOuts.Holds(plan.Automation, person, entered + let.Count - 1 - heldOut) is not null)
                heldOut++;
            else if (candidate.WhyNoMail is null)
                mayGet++;
        }
        return new(
            let.Count,
            asked.Count - let.Count,
            mayGet,
            heldOut,
            days,
            SentenceOf(recorded, let.Count, asked.Count - let.Count, mayGet, heldOut, days),
            notes
        );
    }

    private static bool Enters(Plan plan, AutomationEvent e, Candidate candidate) =>
        Entry
            .Keys(plan.Automation.Key, e)
            .Any(about =>
                Entry.Decide(
                    plan,
                    e,
                    about.Key,
                    about.Data,
                    candidate.Earlier.GetValueOrDefault(about.Key, EarlierJourneys.None),
                    candidate.Facts,
                    e.At
                ) is EntryDecision.Enter
            );

    private static string SentenceOf(Recorded recorded, int customers, int refused, int mayGet, int heldOut, double days)
    {
        var when = $"In the last {Span(days)}";
        if (customers + refused == 0)
            return $"{when} nobody did what it begins with, by {recorded.From}.";
        var others = refused == 0 ? "" : $"; {Number(refused)} others did what it begins with and would not have been let in";
        var held = heldOut == 0 ? "" : $", {Number(heldOut)} would have been held out to compare them with";
        return customers == 0
            ? $"{when} nobody would have entered, by {recorded.From}{others}."
            : $"{when} {Number(customers)} customer{(customers == 1 ? "" : "s")} would have entered, by {recorded.From}{others}. "
                + $"{Number(mayGet)} of them may get its mails{held}.";
    }

    private static string Span(double days) =>
        days >= 1.5 ? $"{Number((int)Math.Round(days))} days"
        : days >= 0.9 ? "day"
        : $"{Number(Math.Max(1, (int)Math.Round(24 * days)))} hours";

    private static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
