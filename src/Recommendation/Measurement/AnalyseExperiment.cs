using MarketingPlatform.Experimentation.Analysis;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Recommendation.Measurement;

/// <summary>An experiment and what it has shown so far.</summary>
/// <param name="Results">One a metric, by Experimentation's confidence sequences: it may be looked at every day.</param>
/// <param name="NotYet">Metrics that nothing can be said about yet, and why.</param>
internal sealed record ExperimentReport(ExperimentView Experiment, IReadOnlyList<MetricResult> Results, IReadOnlyList<string> NotYet);

/// <summary>
/// <c>GET /api/v1/recommendations/experiments/{key}</c>. A unit is a customer who was answered at the placement while it ran: whether one
/// clicked, whether one ordered what was clicked, and for how much one ordered at all from the first answer on.
/// </summary>
internal static class AnalyseExperiment
{
    private static readonly (string Name, Func<Unit, double> Value)[] Metrics =
    [
        ("customers who clicked", unit => unit.Clicked ? 1 : 0),
        ("customers who bought what they clicked", unit => unit.Bought ? 1 : 0),
        ("revenue a customer", unit => unit.Revenue),
    ];

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(ManageExperiments.Path + "/{key}", Handle).RequireScope(Scope.Read).WithName("AnalyseRecommendationExperiment");

    private static async Task<Results<Ok<ExperimentReport>, ProblemHttpResult>> Handle(
        string key,
        RecommendationDatabase database,
        IOptions<RecommendationOptions> options,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var row = await database.QuerySingleOrDefaultAsync<ExperimentRow>(
            $"select {ExperimentRow.Columns} from recommendation_experiments where key = @key",
            new { key },
            ct
        );
        if (row is null)
        {
            return ManageExperiments.Unknown(key);
        }
        var experiment = row.ToView();
        var units = await database.QueryAsync<Unit>(
            UnitsSql,
            new
            {
                key,
                start = row.StartedAt,
                end = row.EndedAt ?? clock.GetUtcNow(),
                days = options.Value.AttributionDays,
            },
            ct
        );
        var (results, notYet) = Analyse(experiment.Arms, units);
        return TypedResults.Ok(new ExperimentReport(experiment, results, notYet));
    }

    internal static (IReadOnlyList<MetricResult> Results, IReadOnlyList<string> NotYet) Analyse(
        IReadOnlyList<ExperimentArm> arms,
        IReadOnlyList<Unit> units
    )
    {
        var (results, notYet) = (new List<MetricResult>(), new List<string>());
        foreach (var (name, value) in Metrics)
        {
            var observed = arms.Select(arm =>
                {
                    var moments = new UnitMoments();
                    foreach (var unit in units.Where(unit => unit.Arm == arm.Name))
                    {
                        moments.Add(value(unit));
                    }
                    return new ObservedArm(arm.Name, moments);
                })
                .ToArray();
            try
            {
                var plan = new AnalysisPlan
                {
                    Metric = name,
                    Control = arms[0].Name,
                    Method = InferenceMethod.Sequential,
                    Shares = [.. arms.Select(arm => arm.Share)],
                };
                results.Add(MetricAnalyser.Analyse(observed, plan));
            }
            catch (UnanalysableException why)
            {
                notYet.Add($"{name}: {why.Message}");
            }
        }
        return (results, notYet);
    }

    internal sealed record Unit(string Arm, bool Clicked, bool Bought, double Revenue);

    private const string UnitsSql = $"""
        with answered as (
            select coalesce(m.owner_id, d.customer_id) as person, min(d.arm) as arm, min(d.at) as since, array_agg(d.decision_id) as decisions
            from decisions d left join merged_customers m on m.customer_id = d.customer_id
            where d.experiment = @key and d.customer_id is not null
            group by 1
            -- Two who became one and had different arms tell of neither.
            having count(distinct d.arm) = 1
        ), bought_after as materialized (
            select distinct decision_id from ({ShowReport.BoughtAfterClickSql}) after_click
        )
        select a.arm,
            exists (select from recommendation_events e join decisions d using (decision_id)
                where e.decision_id = any(a.decisions) and e.kind = 'clicked' and e.product_id = any(d.products)) as clicked,
            exists (select from bought_after b where b.decision_id = any(a.decisions)) as bought,
            coalesce((
                select sum(o.total) from orders o left join merged_customers m on m.customer_id = o.customer_id
                where coalesce(m.owner_id, o.customer_id) = a.person and o.at >= a.since
                    and o.at < @end + make_interval(days => @days)), 0)::float8 as revenue
        from answered a
        """;
}
