using System.Globalization;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Campaigns;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Automations.Forecast;

/// <summary>Reads what an <see cref="ExperimentForecast"/> is made of: who came so far in the last eight weeks, and what they did.</summary>
internal sealed class ExperimentForecaster(EmailDatabase db, IOptions<EmailOptions> options, IOptions<Shop> shop, TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromDays(56);
    private static readonly TimeSpan Past = TimeSpan.FromDays(180);

    public static string MetricOf(Automation automation) => automation.Goal is null ? CampaignWords.Clicks : CampaignWords.Conversions;

    /// <param name="audience">Where no journey tells: who would have entered.</param>
    public async Task<IReadOnlyList<ExperimentForecast>> ForecastAsync(
        Plan plan,
        string? metric,
        Func<Task<AudienceForecast>> audience,
        CancellationToken ct
    )
    {
        var (asked, steps) = (metric ?? MetricOf(plan.Automation), plan.Steps.OfType<ExperimentStep>().ToArray());
        return steps.Length == 0
            ? []
            : await Patience.WithinAsync(
                options.Value.TrialTimeout,
                clock,
                stop => ReadAsync(plan, steps, asked, audience, stop),
                () =>
                    [
                        .. steps.Select(step =>
                            ExperimentForecast.Of(step, asked, new(null, false, "it takes too long to count who comes"), null, "")
                        ),
                    ],
                ct
            );
    }

    private async Task<IReadOnlyList<ExperimentForecast>> ReadAsync(
        Plan plan,
        IReadOnlyList<ExperimentStep> steps,
        string asked,
        Func<Task<AudienceForecast>> audience,
        CancellationToken ct
    )
    {
        List<ExperimentForecast> forecasts = [];
        var ((moments, from), now) = (await BaselineAsync(plan, asked, ct), clock.GetUtcNow());
        foreach (var step in steps)
            forecasts.Add(ExperimentForecast.Of(step, asked, await TrafficAsync(plan, step, audience, now, ct), moments, from));
        return forecasts;
    }

    private async Task<Traffic> TrafficAsync(
        Plan plan,
        ExperimentStep step,
        Func<Task<AudienceForecast>> audience,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var places = Places.Before(plan, step);
        var first = await db.QuerySingleAsync<DateTimeOffset?>(
            "select min(entered_at) from journeys where automation = @Name",
            new { plan.Name },
            ct
        );
        if (first is { } begun && begun < now)
        {
            var since = begun > now - Window ? begun : now - Window;
            var weeks = Math.Max(1, (now - since).TotalDays) / 7;
            var seen = (
                await db.QueryAsync<(string Place, long People)>(
                    ReachedSql,
                    new
                    {
                        plan.Name,
                        step.Experiment,
                        Since = since,
                        Nodes = places.SelectMany(place => place.Steps).Distinct().ToArray(),
                        Outcomes.HeldOut,
                    },
                    ct
                )
            ).ToDictionary(row => row.Place, row => row.People);
            long PeopleAt(IEnumerable<string> steps) => steps.Sum(id => seen.GetValueOrDefault("step " + id));
            var by = string.Create(CultureInfo.InvariantCulture, $"the journeys of the last {(now - since).TotalDays:0} days");
            if (seen.GetValueOrDefault("here") is > 0 and var here)
                return new(here / weeks, false, by);
            if (places.FirstOrDefault(place => PeopleAt(place.Steps) > 0) is { } near)
                return new(PeopleAt(near.Steps) / weeks, near.AtMost, $"{by}, which came to {string.Join(" and ", near.Steps)}");
            if (seen.GetValueOrDefault("entry") is > 0 and var entered)
                return new(entered / weeks, places.Any(place => place.AtMost), $"{by}, which entered");
        }
        var forecast = await audience().WaitAsync(ct);
        return forecast.PerWeek is { } perWeek
            ? new(perWeek, places.Any(place => place.AtMost), "what would have let customers in lately")
            : new(null, false, "nobody knows how many will come");
    }

    private async Task<((double Mean, double Deviation)? Moments, string From)> BaselineAsync(
        Plan plan,
        string metric,
        CancellationToken ct
    )
    {
        var (now, within) = (clock.GetUtcNow(), plan.Automation.Goal?.Within ?? TimeSpan.FromDays(7));
        var own = await db.QuerySingleAsync<MailHistory>(
            WalkedSql,
            new
            {
                plan.Name,
                Since = now - Past,
                Until = now - within,
                Currency = shop.Value.Currency,
                Outcomes.HeldOut,
            },
            ct
        );
        return own.IsEnough
            ? Baseline.Of(metric, own, "customers who went through it")
            : Baseline.Of(metric, await Baseline.ReadAsync(db, within, shop.Value.Currency, now, ct));
    }

    private const string ReachedSql = """
        with journeys_of as (
            select j.id, coalesce(r.canonical_id, j.customer_id) as person, j.entered_at, j.outcome, j.arms
            from journeys j left join recipients r using (customer_id) where j.automation = @Name
        )
        select 'here' as place, count(distinct person) as people from journeys_of where entered_at >= @Since and arms ? @Experiment
        union all
        select 'entry', count(distinct person) from journeys_of where entered_at >= @Since and outcome is distinct from @HeldOut
        union all
        select 'step ' || s.node, count(distinct j.person) from journey_steps s join journeys_of j on j.id = s.journey_id
        where s.node = any(@Nodes) and s.at >= @Since group by s.node
        """;

    private const string WalkedSql = """
        with walked as (
            select coalesce(r.canonical_id, j.customer_id) as person, array_agg(j.id) as ids
            from journeys j left join recipients r using (customer_id)
            where j.automation = @Name and j.entered_at between @Since and @Until and j.outcome is distinct from @HeldOut
            group by 1 limit 20000
        ), seen as (
            select exists (
                    select from mails m join mail_events e on e.mail_id = m.id
                    where m.journey_id = any(w.ids) and e.kind = 'click' and e.label = 'human') as clicked,
                exists (select from journey_goals g where g.journey_id = any(w.ids)) as converted,
                coalesce((
                    select sum(goal.value) from (
                        select distinct g.event_id, coalesce(o.total, g.value) as value
                        from journey_goals g left join order_revenue o on o.order_id = g.order_id and o.currency = g.currency
                        where g.journey_id = any(w.ids) and g.currency = @Currency) goal), 0)::double precision as revenue
            from walked w
        )
        select count(*) as mails, coalesce(avg(clicked::int), 0)::double precision as clicked,
            coalesce(avg(converted::int), 0)::double precision as converted, coalesce(avg(revenue), 0)::double precision as revenue,
            coalesce(stddev_samp(revenue), 0)::double precision as deviation
        from seen
        """;
}
