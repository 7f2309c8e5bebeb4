using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Running;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;

namespace MarketingPlatform.Email.Automations.Api;

/// <summary>An automation in a list.</summary>
/// <param name="Status">on: takes people in; off: only those under way go on.</param>
/// <param name="Source">built-in or shop.</param>
internal sealed record AutomationSummary(
    string Name,
    string? Description,
    int Version,
    string Status,
    string Source,
    string Trigger,
    long Entered,
    long UnderWay,
    long HeldOut,
    long Goals,
    DateTimeOffset UpdatedAt
);

/// <summary>A step with what happened at it, over all versions.</summary>
/// <param name="Next">Ids of steps that can follow.</param>
/// <param name="Waiting">Journeys that are there now.</param>
/// <param name="Results">What came of it, with counts.</param>
internal sealed record StepView(
    string Id,
    string Kind,
    string Label,
    IReadOnlyList<string> Next,
    long Reached,
    long Waiting,
    IReadOnlyDictionary<string, long> Results
);

/// <param name="Words">What the file says, in words.</param>
internal sealed record AutomationView(AutomationSummary Summary, string Yaml, IReadOnlyList<StepView> Steps, IReadOnlyList<WordLine> Words);

/// <summary><c>GET /api/v1/automations</c>, <c>GET …/{name}</c> (YAML and counts by step), <c>GET …/{name}/versions[/{n}]</c>.</summary>
internal static class ReadAutomations
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Routes.Automations, ListAsync).RequireScope(Scope.Read);
        root.MapGet(Routes.Automations + "/{name}", GetAsync).RequireScope(Scope.Read);
        root.MapGet(Routes.Automations + "/{name}/versions", VersionsAsync).RequireScope(Scope.Read);
        root.MapGet(Routes.Automations + "/{name}/versions/{version:int}", VersionAsync).RequireScope(Scope.Read);
    }

    internal static async Task<IResult> ListAsync(EmailDatabase db, AutomationStore store, CancellationToken ct)
    {
        await store.ReadyAsync(ct);
        var counts = (await db.QueryAsync<Totals>(TotalsSql, null, ct)).ToDictionary(row => row.Automation);
        return TypedResults.Ok(
            new Page<AutomationSummary>(
                [.. (await store.AllAsync(ct)).Select(stored => Summary(stored, counts.GetValueOrDefault(stored.Name)))],
                null
            )
        );
    }

    internal static async Task<IResult> GetAsync(
        string name,
        EmailDatabase db,
        AutomationStore store,
        HttpResponse response,
        CancellationToken ct
    )
    {
        await store.ReadyAsync(ct);
        if (await store.FindAsync(name, ct) is not { } stored)
            return NotThere();
        response.Headers.ETag = $"\"{stored.Version}\"";
        return TypedResults.Ok(await ViewAsync(db, stored, ct));
    }

    internal static async Task<AutomationView> ViewAsync(EmailDatabase db, StoredAutomation stored, CancellationToken ct)
    {
        var totals = await db.QueryAsync<Totals>(TotalsSql, null, ct);
        var counts = (
            await db.QueryAsync<(string Node, string Result, long Count)>(
                "select node, result, sum(count)::bigint as count from journey_counts where automation = @Name group by node, result",
                new { stored.Name },
                ct
            )
        ).ToLookup(row => row.Node);
        var waiting = (
            await db.QueryAsync<(string Node, long Count)>(
                "select node, count(*) as count from journeys where automation = @Name and outcome is null and node is not null group by node",
                new { stored.Name },
                ct
            )
        ).ToDictionary(row => row.Node, row => row.Count);
        var plan = new Plan(AutomationParser.Parse(stored.Content).Automation!, stored.Version);
        return new(
            Summary(stored, totals.FirstOrDefault(row => row.Automation == stored.Name)),
            stored.Content,
            [
                .. plan.Steps.Select(step =>
                {
                    var results = counts[step.Id].ToDictionary(row => row.Result, row => row.Count);
                    return new StepView(
                        step.Id,
                        step.Kind,
                        AutomationPrinter.Label(step),
                        [.. PlanCheck.Following(plan, step)],
                        Reached(step, results),
                        waiting.GetValueOrDefault(step.Id),
                        results
                    );
                }),
            ],
            [.. AutomationWords.Outline(plan.Automation)]
        );
    }

    internal static async Task<IResult> VersionsAsync(string name, EmailDatabase db, CancellationToken ct) =>
        TypedResults.Ok(
            new Page<VersionView>(
                await db.QueryAsync<VersionView>(
                    "select version, source, at from automation_versions where name = @Name order by version desc limit 1000",
                    new { Name = name },
                    ct
                ),
                null
            )
        );

    internal static async Task<IResult> VersionAsync(string name, int version, AutomationStore store, CancellationToken ct) =>
        await store.FindAsync(name, version, ct) is { } stored
            ? TypedResults.Text(stored.Content, "application/yaml")
            : Problem.NotFound("automation-version", $"GET {Routes.Automations}/{name}/versions lists the versions there are.");

    internal static IResult NotThere() =>
        Problem.NotFound("automation", $"There is no automation of this name; GET {Routes.Automations} lists those that are.");

    // A wait that ends is counted where it began; other steps are counted once each.
    private static long Reached(Step step, Dictionary<string, long> results) =>
        step.Waits ? results.GetValueOrDefault("waits") + results.GetValueOrDefault("unknown") : results.Values.Sum();

    private static AutomationSummary Summary(StoredAutomation stored, Totals? totals)
    {
        var automation = AutomationParser.Parse(stored.Content).Automation;
        return new(
            stored.Name,
            automation?.Description,
            stored.Version,
            stored.Status,
            stored.Source,
            automation is null ? "" : new Plan(automation, stored.Version).TriggerEvent,
            totals?.Entered ?? 0,
            totals?.UnderWay ?? 0,
            totals?.HeldOut ?? 0,
            totals?.Goals ?? 0,
            stored.At
        );
    }

    internal sealed record VersionView(int Version, string Source, DateTimeOffset At);

    private sealed record Totals(string Automation, long Entered, long HeldOut, long Goals, long UnderWay);

    private const string TotalsSql = """
        select c.automation,
            coalesce(sum(c.count) filter (where c.kind = 'entry'), 0)::bigint as entered,
            coalesce(sum(c.count) filter (where c.kind = 'hold-out'), 0)::bigint as held_out,
            coalesce(sum(c.count) filter (where c.kind = 'goal'), 0)::bigint as goals,
            (coalesce(sum(c.count) filter (where c.kind = 'entry'), 0)
                - coalesce(sum(c.count) filter (where c.kind in ('goal', 'exit', 'end')), 0))::bigint as under_way
        from journey_counts c group by c.automation
        """;
}
