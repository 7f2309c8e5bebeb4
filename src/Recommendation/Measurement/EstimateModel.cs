using MarketingPlatform.Contracts;
using MarketingPlatform.Experimentation.OffPolicy;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Recommendation.Models;
using MarketingPlatform.Recommendation.Serving;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Recommendation.Measurement;

/// <summary>What another model's first choices would have been clicked, by the log of those who served.</summary>
internal sealed record ModelEstimate(string Version, string Placement, OffPolicyReport Report);

/// <summary>
/// <c>GET /api/v1/recommendations/models/{version}/estimate?placement=</c>: before a switch, how often the first place would have been
/// clicked if this model had ordered the ten candidates of each logged answer.
/// <para>
/// Action: which of the ten got the first place; propensity: as stored (<see cref="Exploration"/>); reward: 1 where it was clicked. The context of
/// a decision is which of the ten this model would have chosen, from what was known of the person at that moment; its policy then is
/// certain in each context, and Experimentation's estimators answer for it. It needs a placement with exploration.
/// </para>
/// </summary>
internal static class EstimateModel
{
    private const int MostDecisions = 20_000;
    private const int Together = 500;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Recommendations + "/models/{version}/estimate", Handle).RequireScope(Scope.Read).WithName("EstimateModel");

    private static async Task<Results<Ok<ModelEstimate>, ProblemHttpResult>> Handle(
        string version,
        string? placement,
        RecommendationDatabase database,
        ServingStates states,
        IOptions<RecommendationOptions> options,
        CancellationToken ct
    )
    {
        if (string.IsNullOrEmpty(placement))
        {
            return Problem.Invalid(new FieldError("placement", "Say at which placement the answers were given."));
        }
        var row = await database.QuerySingleOrDefaultAsync<StoredModel>(
            $"select {StoredModel.Columns} from models where version = @version",
            new { version },
            ct
        );
        if (row is null)
        {
            return Problem.NotFound("model", $"There is no model '{version}'. See GET {Routes.Recommendations}/models.");
        }
        var model = new MappedModel(await ModelStore.LoadAsync(database, row, ct), states.Current.Shelf);
        var log = new List<LoggedDecision>();
        var rows = await database.QueryAsync<Logged>(
            Sql,
            new
            {
                placement,
                MostDecisions,
                Exploration.Shortlist,
            },
            ct
        );
        foreach (var chunk in rows.Chunk(Together))
        {
            await AddAsync(chunk);
        }
        try
        {
            var contexts = Enumerable.Range(0, Exploration.Shortlist);
            var target = new TargetPolicy([.. contexts.Select(c => contexts.Select(action => action == c ? 1.0 : 0).ToArray())]);
            return TypedResults.Ok(new ModelEstimate(version, placement, OffPolicyEvaluation.Evaluate(log, target)));
        }
        catch (OffPolicyRefusalException refusal)
        {
            return Problem.Of(409, "log-does-not-tell", "The log cannot answer this", refusal.Message);
        }

        // Several decisions of one person in a chunk are asked for one after the other: each has its own moment.
        async Task AddAsync(Logged[] chunk)
        {
            var left = chunk.ToList();
            while (left.Count > 0)
            {
                var round = left.DistinctBy(logged => logged.CustomerId).ToList();
                left = [.. left.Except(round)];
                var histories = await CustomerHistory.ReadAsync(
                    database,
                    [.. round.Select(logged => logged.CustomerId)],
                    [.. round.Select(logged => logged.At)],
                    ct
                );
                foreach (var logged in round)
                {
                    var choice = Choose(model, states.Current, Seeds(histories[logged.CustomerId], logged.At), logged.Shortlist);
                    log.Add(new LoggedDecision(choice, logged.Chosen, logged.Clicked ? 1 : 0, logged.Propensity));
                }
            }
        }

        // As the model is asked where it serves.
        IReadOnlyList<Seed> Seeds(CustomerHistory history, DateTimeOffset at) =>
            row.Purpose switch
            {
                Purpose.NextBasket => Asked.Baskets(history),
                Purpose.Session => Asked.Visit(history, [], at),
                _ => Ranking.Seeds(history, [], TimeSpan.FromDays(options.Value.HistoryHalfLifeDays)),
            };
    }

    /// <returns>Which of the shortlist the model scores highest; the first where it knows nothing.</returns>
    private static int Choose(MappedModel model, ServingState state, IReadOnlyList<Seed> seeds, string[] shortlist)
    {
        var asked = model.Ask(seeds);
        if (asked is null)
        {
            return 0;
        }
        var scores = new float[state.Shelf.Count];
        model.Score(asked, scores);
        return Enumerable
            .Range(0, shortlist.Length)
            .MaxBy(place => state.Shelf.SlotOf(shortlist[place]) is >= 0 and var slot && slot < scores.Length ? scores[slot] : 0);
    }

    private sealed class Logged
    {
        public string DecisionId { get; init; } = "";
        public Guid CustomerId { get; init; }
        public DateTimeOffset At { get; init; }
        public string[] Shortlist { get; init; } = [];
        public int Chosen { get; init; }
        public double Propensity { get; init; }
        public bool Clicked { get; init; }
    }

    private const string Sql = """
        select d.decision_id, d.customer_id, d.at, d.shortlist, d.chosen, d.propensity,
            exists (select from recommendation_events e
                where e.decision_id = d.decision_id and e.kind = 'clicked' and e.product_id = d.shortlist[d.chosen + 1]) as clicked
        from decisions d
        where d.placement = @placement and d.customer_id is not null and d.propensity < 1 and cardinality(d.shortlist) = @Shortlist
        order by d.at desc
        limit @MostDecisions
        """;
}
