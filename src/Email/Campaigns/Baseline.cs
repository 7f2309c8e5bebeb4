using System.Globalization;
using MarketingPlatform.Email.Campaigns.Results;
using MarketingPlatform.Experimentation.Bandits;
using MarketingPlatform.Experimentation.Power;

namespace MarketingPlatform.Email.Campaigns;

/// <summary>What recipients of marketing mails have done lately.</summary>
/// <param name="Mails">0: the shop has no history yet.</param>
/// <param name="Revenue">A mail.</param>
/// <param name="Deviation">Of the revenue of single mails.</param>
internal sealed record MailHistory(long Mails, double Clicked, double Converted, double Revenue, double Deviation)
{
    /// <summary>From fewer mails no rate is learnt.</summary>
    private const long FewestMails = 200;

    public bool IsEnough => Mails >= FewestMails;
}

/// <summary>How large a difference a test can find, and how large a test of a finite list should be; reckoned before it begins.</summary>
internal static class Baseline
{
    /// <summary>Assumed where the shop has no history: rates that are usual for a shop's newsletters.</summary>
    private const double AssumedClicked = 0.02;
    private const double AssumedConverted = 0.005;

    /// <summary>
    /// How far the true means of variants lie apart, as a share of their mean, where no past tests say: a fifth. Feit and Berman's σ.
    /// </summary>
    private const double AssumedSpread = 0.2;
    private const int FewestPerArm = 50;

    public static Task<MailHistory> ReadAsync(
        EmailDatabase db,
        TimeSpan within,
        string currency,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        db.QuerySingleAsync<MailHistory>(
            Sql,
            new
            {
                Within = within.TotalSeconds,
                Currency = currency,
                Until = now - within,
                Since = now.AddDays(-180),
            },
            ct
        );

    /// <param name="of">What the history counts.</param>
    /// <returns>Mean and standard deviation of the metric a recipient; null where nothing is known.</returns>
    public static ((double Mean, double Deviation)? Moments, string From) Of(
        string metric,
        MailHistory history,
        string of = "marketing mails"
    )
    {
        var isKnown = history.IsEnough;
        var from = isKnown
            ? string.Create(CultureInfo.InvariantCulture, $"the last {history.Mails:N0} {of}")
            : "an assumption, as too few mails were sent yet";
        (double, double)? Rate(double rate) => rate is > 0 and < 1 ? (rate, Math.Sqrt(rate * (1 - rate))) : null;
        return metric switch
        {
            CampaignWords.Clicks => (Rate(isKnown && history.Clicked > 0 ? history.Clicked : AssumedClicked), from),
            CampaignWords.Conversions => (Rate(isKnown && history.Converted > 0 ? history.Converted : AssumedConverted), from),
            _ => (isKnown && history.Deviation > 0 ? (history.Revenue, history.Deviation) : null, from),
        };
    }

    public static PreflightDetectable Detectable(string metric, MailHistory history, int perArm, int arms)
    {
        var (moments, from) = Of(metric, history);
        double? effect =
            moments is { } known && perArm > 0
                ? DetectableEffect.OfMean(known.Deviation, perArm, alpha: CampaignAnalysis.AlphaOf(arms))
                : null;
        return new(metric, moments?.Mean, from, perArm, effect, Sentence(metric, moments?.Mean, effect, perArm, from));
    }

    /// <summary>Share of the list that a test-and-roll should use (Feit and Berman 2019): what it costs to test balances what is learnt.</summary>
    public static double TestShare(string metric, MailHistory history, int list, int arms)
    {
        if (list < 2 * FewestPerArm * arms)
            return 1;
        var moments = Of(metric, history).Moments ?? (AssumedClicked, Math.Sqrt(AssumedClicked * (1 - AssumedClicked)));
        var spread = AssumedSpread * moments.Mean;
        var size = new TestAndRoll(list, moments.Deviation * moments.Deviation, spread, moments.Mean).BestSize;
        return Math.Clamp(arms * Math.Max(size, FewestPerArm) / list, 0, 1);
    }

    /// <returns>In which differences are told, and how many of it one of the metric is.</returns>
    public static (string Unit, int Scale) UnitOf(string metric) =>
        metric switch
        {
            CampaignWords.Clicks => ("clicks by people per 100 recipients", 100),
            CampaignWords.Conversions => ("buyers per 100 recipients", 100),
            _ => ("of revenue a recipient", 1),
        };

    private static string Sentence(string metric, double? baseline, double? effect, int perArm, string from)
    {
        if (effect is not { } found || baseline is not { } mean)
            return "How large a difference it can find cannot be said: nothing is known yet about what a mail brings in.";
        var (unit, scale) = UnitOf(metric);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"With {perArm:N0} people a variant it finds a difference of {found * scale:0.00} {unit} four times in five, from {mean * scale:0.00} ({from}); a smaller one may stay unseen."
        );
    }

    private const string Sql = """
        with latest as (
            select m.id, coalesce(r.canonical_id, m.customer_id) as person, m.sent_at
            from mails m left join recipients r using (customer_id)
            where m.status = 'sent' and m.purpose = 'marketing' and m.sent_at between @Since and @Until
            order by m.id desc limit 20000
        ), seen as (
            select exists (select from mail_events e where e.mail_id = l.id and e.kind = 'click' and e.label = 'human') as clicked,
                (select sum(o.total) from recipients same join order_revenue o on o.customer_id = same.customer_id
                 where same.canonical_id = l.person and o.currency = @Currency and o.at > l.sent_at and o.at <= l.sent_at + make_interval(secs => @Within)) as revenue
            from latest l
        )
        select count(*) as mails, coalesce(avg(clicked::int), 0)::double precision as clicked,
            coalesce(avg((revenue is not null)::int), 0)::double precision as converted,
            coalesce(avg(coalesce(revenue, 0)), 0)::double precision as revenue,
            coalesce(stddev_samp(coalesce(revenue, 0)), 0)::double precision as deviation
        from seen
        """;
}
