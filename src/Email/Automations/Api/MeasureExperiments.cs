using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Automations.Running;
using MarketingPlatform.Email.Campaigns;
using MarketingPlatform.Email.Campaigns.Results;
using MarketingPlatform.Experimentation.Sequential;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Automations.Api;

/// <summary>What an experiment on the branches of an automation says.</summary>
/// <param name="Experiment">Its key in the file.</param>
/// <param name="Step">The step at which ways part.</param>
/// <param name="Since">From when on customers are counted: since then arms and shares are what they are.</param>
/// <param name="Report">The first arm of the file is the control.</param>
internal sealed record AutomationExperiment(
    string Experiment,
    string Step,
    string Sentence,
    DateTimeOffset Since,
    ExperimentReport Report,
    string Currency
);

/// <summary>
/// <c>GET /api/v1/automations/{name}/experiments?metric=&amp;from=&amp;to=</c>: the arms of each experiment of the newest version beside each
/// other, by goals reached after the ways had parted, revenue, and clicks by people. Counted is who came there, whether or not a mail went
/// out (intention to treat); a customer is one unit in the arm that they met first. Intervals hold however often somebody looks. What
/// customers ordered in the 90 days before the ways parted takes noise out of conversions and revenue (CUPED), as in campaigns.
/// </summary>
internal static class MeasureExperiments
{
    private static readonly TimeSpan Earlier = TimeSpan.FromDays(90);

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Automations + "/{name}/experiments", HandleAsync)
            .RequireScope(Scope.Read)
            .WithName("measureExperiments")
            .WithSummary("What the experiments on an automation's branches say.");

    internal static async Task<IResult> HandleAsync(
        string name,
        string? metric,
        DateTimeOffset? from,
        DateTimeOffset? to,
        EmailDatabase db,
        AutomationStore store,
        IOptions<Shop> shop,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        List<FieldError> errors = [];
        if (metric is not null && !CampaignWords.Metrics.Contains(metric))
            errors.Add(new("metric", $"Give one of {string.Join(", ", CampaignWords.Metrics)}."));
        var until = to?.ToUniversalTime() ?? clock.GetUtcNow();
        if (from >= until)
            errors.Add(new("from", "Give a from before to."));
        if (errors.Count > 0)
            return Problem.Invalid([.. errors]);
        await store.ReadyAsync(ct);
        if (await store.FindAsync(name, ct) is not { } stored)
            return ReadAutomations.NotThere();
        var versions = await VersionsAsync(db, name, stored.Version, ct);
        List<AutomationExperiment> items = [];
        foreach (var step in versions.Count == 0 ? [] : versions[0].Plan.Steps.OfType<ExperimentStep>())
            items.Add(await OfAsync(db, versions, step, metric, from?.ToUniversalTime(), until, shop.Value.Currency, ct));
        return TypedResults.Ok(new { items });
    }

    private static async Task<AutomationExperiment> OfAsync(
        EmailDatabase db,
        IReadOnlyList<(Plan Plan, DateTimeOffset At)> versions,
        ExperimentStep step,
        string? metric,
        DateTimeOffset? from,
        DateTimeOffset to,
        string currency,
        CancellationToken ct
    )
    {
        var plan = versions[0].Plan;
        var same = versions.TakeWhile(version => IsSame(version.Plan, step)).ToArray();
        var since = from is { } asked && asked > same[^1].At ? asked : same[^1].At;
        var rows = await db.QueryAsync<UnitRow>(
            Sql,
            new
            {
                plan.Name,
                step.Experiment,
                Versions = same.Select(version => version.Plan.Version).ToArray(),
                Since = since,
                To = to,
                Currency = currency,
                Earlier = Earlier.TotalSeconds,
            },
            ct
        );
        var report = CampaignAnalysis.Of(
            metric ?? (plan.Automation.Goal is null ? CampaignWords.Clicks : CampaignWords.Conversions),
            [.. step.Arms.Select(arm => arm.Name)],
            [.. step.Arms.Select(arm => arm.Share)],
            // Nobody knows how many will come: any number fixed before is right, and this one is good from hundreds to hundreds of thousands.
            (int)ConfidenceSequence.DefaultTuning,
            rows
        );
        return new(step.Experiment, step.Id, report.Sentence, since, report, currency);
    }

    /// <summary>Arms of other names or shares are another experiment.</summary>
    private static bool IsSame(Plan plan, ExperimentStep step) =>
        plan
            .Steps.OfType<ExperimentStep>()
            .Any(one =>
                one.Experiment == step.Experiment
                && one.Arms.Select(arm => (arm.Name, arm.Share)).SequenceEqual(step.Arms.Select(arm => (arm.Name, arm.Share)))
            );

    /// <returns>The newest first.</returns>
    private static async Task<IReadOnlyList<(Plan Plan, DateTimeOffset At)>> VersionsAsync(
        EmailDatabase db,
        string name,
        int newest,
        CancellationToken ct
    )
    {
        var stored = await db.QueryAsync<(int Version, string Content, DateTimeOffset At)>(
            "select version, content, at from automation_versions where name = @Name and version <= @Newest order by version desc",
            new { Name = name, Newest = newest },
            ct
        );
        return
        [
            .. stored
                .Select(version => (AutomationParser.Parse(version.Content).Automation, version.Version, version.At))
                .Where(version => version.Automation is not null)
                .Select(version => (new Plan(version.Automation!, version.Version), version.At)),
        ];
    }

    // When the ways parted stands in the story; where that is forgotten, the entry is as good: both arms alike. Earlier orders count whole:
    // whether they went back later may be the arm's doing.
    private const string Sql = """
        with exposed as (
            select j.id, coalesce(r.canonical_id, j.customer_id) as person, j.arms ->> @Experiment as arm, coalesce((
                select min(s.at) from journey_steps s
                where s.journey_id = j.id and s.kind = 'experiment' and s.detail = @Experiment), j.entered_at) as at
            from journeys j left join recipients r using (customer_id)
            where j.automation = @Name and j.version = any(@Versions) and j.arms ->> @Experiment is not null
        ), units as (
            select person, min(at) as at, (array_agg(arm order by at, id))[1] as arm, array_agg(id) as ids
            from exposed where at >= @Since and at <= @To group by person
        ), results as (
            select u.arm,
                exists (
                    select from mails m join mail_events e on e.mail_id = m.id
                    where m.journey_id = any(u.ids) and e.kind = 'click' and e.label = 'human' and e.at >= u.at) as clicked,
                exists (select from journey_goals g where g.journey_id = any(u.ids) and g.at >= u.at) as converted,
                coalesce((
                    select sum(goal.value) from (
                        select distinct g.event_id, coalesce(o.total, g.value) as value
                        from journey_goals g left join order_revenue o on o.order_id = g.order_id and o.currency = g.currency
                        where g.journey_id = any(u.ids) and g.at >= u.at and g.currency = @Currency) goal), 0)::double precision as revenue,
                exists (select from mails m where m.journey_id = any(u.ids) and m.unsubscribed_at >= u.at) as unsubscribed,
                exists (select from mails m where m.journey_id = any(u.ids) and m.complained_at >= u.at) as complained,
                coalesce((
                    select sum(o.total) from order_totals o
                    where o.customer_id = any(u.person || array(select same.customer_id from recipients same where same.canonical_id = u.person))
                        and o.currency = @Currency and o.at < u.at and o.at >= u.at - make_interval(secs => @Earlier)), 0)::double precision as earlier
            from units u
        )
        select arm, '' as segment, 'test' as stage, clicked, converted, revenue, earlier, unsubscribed, complained,
            count(*) as people, 0 as batch, null::double precision as propensity
        from results group by arm, clicked, converted, revenue, earlier, unsubscribed, complained
        """;
}
