using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Forecast;
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
/// <param name="Forecast">What difference it can find, by who came to where the ways part lately.</param>
/// <param name="Report">The first arm of the file is the control.</param>
internal sealed record AutomationExperiment(
    string Experiment,
    string Step,
    string Sentence,
    DateTimeOffset Since,
    ExperimentReport Report,
    string Currency,
    ExperimentForecast Forecast
);

/// <summary>
/// <c>GET /api/v1/automations/{name}/experiments?metric=&amp;segments=&amp;from=&amp;to=</c>: the arms of each experiment of the newest version beside each
/// other, by goals reached after the ways had parted, revenue, and clicks by people. Counted is who came there, whether or not a mail went
/// out (intention to treat); a customer is one unit in the arm that they met first. Intervals hold however often somebody looks. What
/// customers ordered in the 90 days before the ways parted takes noise out of conversions and revenue (CUPED), as in campaigns. Effects by segment
/// (as it was when the ways parted) are shrunk towards the common one; segments are those asked for, else the file's, else those met.
/// </summary>
internal static class MeasureExperiments
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Automations + "/{name}/experiments", HandleAsync)
            .RequireScope(Scope.Read)
            .WithName("measureExperiments")
            .WithSummary("What the experiments on an automation's branches say.");

    internal static async Task<IResult> HandleAsync(
        string name,
        string? metric,
        string? segments,
        DateTimeOffset? from,
        DateTimeOffset? to,
        EmailDatabase db,
        AutomationStore store,
        AudienceForecaster audiences,
        ExperimentForecaster forecaster,
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
        string[] wanted = segments?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        List<AutomationExperiment> items = [];
        if (versions.Count == 0)
            return TypedResults.Ok(new { items });
        var plan = versions[0].Plan;
        var forecasts = await forecaster.ForecastAsync(plan, metric, () => audiences.ForecastAsync(plan, ct), ct);
        foreach (var (step, forecast) in plan.Steps.OfType<ExperimentStep>().Zip(forecasts))
            items.Add(await OfAsync(db, versions, step, forecast, wanted, from?.ToUniversalTime(), until, shop.Value.Currency, ct));
        return TypedResults.Ok(new { items });
    }

    private static async Task<AutomationExperiment> OfAsync(
        EmailDatabase db,
        IReadOnlyList<(Plan Plan, DateTimeOffset At)> versions,
        ExperimentStep step,
        ExperimentForecast forecast,
        IReadOnlyList<string> segments,
        DateTimeOffset? from,
        DateTimeOffset to,
        string currency,
        CancellationToken ct
    )
    {
        var plan = versions[0].Plan;
        var same = versions.TakeWhile(version => IsSame(version.Plan, step)).ToArray();
        var since = from is { } asked && asked > same[^1].At ? asked : same[^1].At;
        var rows = await ExperimentUnits.ReadAsync(
            db,
            plan,
            step,
            [.. same.Select(version => version.Plan.Version)],
            since,
            to,
            currency,
            ct
        );
        var report = CampaignAnalysis.Of(
            forecast.Metric,
            [.. step.Arms.Select(arm => arm.Name)],
            [.. step.Arms.Select(arm => arm.Share)],
            // Nobody knows how many will come: any number fixed before is right, and this one is good from hundreds to hundreds of thousands.
            (int)ConfidenceSequence.DefaultTuning,
            ExperimentUnits.Of(rows, segments.Count > 0 ? segments : step.Segments)
        );
        return new(step.Experiment, step.Id, report.Sentence, since, report, currency, forecast);
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
}
