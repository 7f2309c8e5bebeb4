using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.Automations;
using MarketingPlatform.Email.Automations.Api;
using MarketingPlatform.Email.Campaigns;
using MarketingPlatform.Email.Campaigns.Api;
using MarketingPlatform.Email.HoldOuts;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Digest;

/// <summary>Gathers what the letter tells.</summary>
internal sealed class DigestReader(EmailDatabase db, IOptions<EmailOptions> options, IOptions<Shop> shop)
{
    private static readonly TimeSpan Measured = TimeSpan.FromDays(28);

    /// <param name="from">The week's first moment.</param>
    /// <param name="to">Its last, and now.</param>
    public async Task<DigestFacts> ReadAsync(DateOnly week, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var currency = shop.Value.Currency;
        var people = await db.QuerySingleAsync<People>(PeopleSql, new { From = from, To = to }, ct);
        var mails = await db.QueryAsync<DigestMail>(MailsSql, new { From = from, To = to }, ct);
        var programme = await MeasureProgramme.OfAsync(db, options.Value, currency, from, to, ct);
        var effects = await EffectsAsync(currency, to, ct);
        var automations = await db.QueryAsync<(string Name, string Status)>("select name, status from automations order by name", null, ct);
        var state = await db.QuerySingleAsync<State>(StateSql, null, ct);
        return new(
            week,
            shop.Value.Name,
            currency,
            people.Subscribers,
            people.Gained,
            people.Lost,
            programme.Attributed,
            Sum(effects),
            effects.Count,
            [.. effects.Where(effect => effect.IncrementalRevenue!.Upper < 0).Select(effect => effect.Name)],
            mails,
            [.. automations.Where(one => one.Status == "off" && ReadyMade.All.ContainsKey(one.Name)).Select(one => one.Name)],
            await db.QueryAsync<string>(
                "select name from campaigns where status = 'sending' and stage = 'test' and next_at is null order by name",
                null,
                ct
            ),
            state.PausedSends,
            state.Unclear,
            options.Value.Dkim.Count > 0
        );
    }

    private async Task<List<HoldOutEffect>> EffectsAsync(string currency, DateTimeOffset to, CancellationToken ct)
    {
        List<HoldOutEffect> effects = [];
        foreach (var name in await db.QueryAsync<string>("select name from automations order by name", null, ct))
            effects.Add(await MeasureEffect.OfAsync(db, name, to - Measured, to, currency, ct));
        foreach (
            var row in await db.QueryAsync<CampaignRow>(
                $"select {CampaignTable.Columns} from campaigns where launched_at > @Since order by name",
                new { Since = to - Measured },
                ct
            )
        )
            effects.Add((await ReportCampaign.OfAsync(db, row, currency, to, ct)).Effect);
        effects.RemoveAll(effect => effect.IncrementalRevenue is null);
        return effects;
    }

    // Different people were held out of each: their errors add up as squares.
    internal static EffectInterval? Sum(IReadOnlyCollection<HoldOutEffect> effects)
    {
        if (effects.Count == 0)
            return null;
        var total = effects.Sum(effect => effect.IncrementalRevenue!.Estimate);
        double Half(Func<EffectInterval, double> distance) =>
            Math.Sqrt(effects.Sum(effect => Math.Pow(distance(effect.IncrementalRevenue!), 2)));
        return new(total, total - Half(one => one.Estimate - one.Lower), total + Half(one => one.Upper - one.Estimate));
    }

    private sealed record People(long Subscribers, long Gained, long Lost);

    private sealed record State(long PausedSends, long Unclear);

    private const string PeopleSql = $"""
        select count(distinct r.canonical_id) filter (where c.granted) as subscribers,
            count(distinct r.canonical_id) filter (where c.granted and c.at > @From and c.at <= @To) as gained,
            count(distinct r.canonical_id) filter (where not c.granted and c.at > @From and c.at <= @To) as lost
        from consents c join recipients r using (customer_id)
        where c.purpose = '{ConsentPurposes.EmailMarketing}'
        """;

    private const string MailsSql = """
        select m.automation as name, count(*) filter (where m.status = 'sent') as sent,
            count(*) filter (where exists (
                select from mail_events e where e.mail_id = m.id and e.kind = 'click' and e.label = 'human')) as clicked,
            count(m.unsubscribed_at) as unsubscribed, count(m.bounced_at) as bounced, count(m.complained_at) as complained,
            count(*) filter (where m.status = 'failed') as failed
        from mails m
        where m.purpose = 'marketing' and m.created_at > @From - interval '7 days' and coalesce(m.sent_at, m.created_at) > @From
            and coalesce(m.sent_at, m.created_at) <= @To
        group by 1 order by 1
        """;

    private const string StateSql = """
        select (select count(*) from sends where status = 'paused') as paused_sends,
            (select count(*) from mails where status = 'ambiguous' and resolution is null) as unclear
        """;
}
