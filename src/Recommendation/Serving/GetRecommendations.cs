using System.Diagnostics.Metrics;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Platform.Telemetry;
using MarketingPlatform.Recommendation.Measurement;
using MarketingPlatform.Recommendation.Placements;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Recommendation.Serving;

/// <summary>
/// <c>GET /api/v1/recommendations?customer|visitor|product|cart=…&amp;placement=…&amp;limit=…&amp;filter=…</c>. <c>product</c> (of the page)
/// and <c>cart</c> may come several times: they vote and are not recommended. <c>visitor</c> is a customer whom nobody knows by name yet.
/// <c>preview=true</c> is for people of the shop who look what would be shown: the answer has no <c>decisionId</c> and is not counted.
/// <para>
/// A customer who withdrew consent to profiling gets best-sellers: nothing stored about the person is read, not even to leave out what
/// was bought. Products given in the request still vote: they describe the request, not the person.
/// </para>
/// </summary>
internal sealed class GetRecommendations
{
    private const int DefaultLimit = 10;
    public const int MaxLimit = 100;
    private const int MaxContext = 100;

    private readonly HistoryReader histories;
    private readonly ServingStates states;
    private readonly ExperimentBook experiments;
    private readonly DecisionLog decisions;
    private readonly IOptions<RecommendationOptions> options;
    private readonly TimeProvider clock;
    private readonly ServiceTelemetry telemetry;
    private readonly Counter<long> served;

    public GetRecommendations(
        HistoryReader histories,
        ServingStates states,
        ExperimentBook experiments,
        DecisionLog decisions,
        IOptions<RecommendationOptions> options,
        TimeProvider clock,
        [FromKeyedServices(RecommendationModule.Service)] ServiceTelemetry telemetry
    )
    {
        (this.histories, this.states, this.experiments, this.decisions) = (histories, states, experiments, decisions);
        (this.options, this.clock, this.telemetry) = (options, clock, telemetry);
        served = telemetry.Meter.CreateCounter<long>("marketing.recommendations.served", "{product}", "Products recommended, by source.");
    }

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Recommendations, Handle).RequireScope(Scope.Read).WithName("GetRecommendations").WithTags("Recommendations");

    internal static async Task<Results<Ok<RecommendationList>, ProblemHttpResult>> Handle(
        GetRecommendations recommendations,
        PlacementBook placements,
        string? customer,
        string? visitor,
        string[]? product,
        string[]? cart,
        string? placement,
        string? limit,
        string? filter,
        string? preview,
        CancellationToken cancellation
    )
    {
        var errors = new List<FieldError>();
        var id = ReadId("customer", customer, errors) ?? ReadId("visitor", visitor, errors);
        var wanted = DefaultLimit;
        if (limit is not null && (!int.TryParse(limit, out wanted) || wanted is < 1 or > MaxLimit))
        {
            errors.Add(new FieldError("limit", $"Must be a whole number from 1 to {MaxLimit}."));
        }
        var products = ReadFilter(filter, errors);
        var key = string.IsNullOrEmpty(placement) ? PlacementBook.ForYou : placement;
        if (!placements.All.TryGetValue(key, out var definition))
        {
            return ManagePlacements.Unknown(key, placements);
        }
        var looksOnly = false;
        if (!string.IsNullOrEmpty(preview) && !bool.TryParse(preview, out looksOnly))
        {
            errors.Add(new FieldError("preview", "Give true or false."));
        }
        var request = new Request(key, wanted, products)
        {
            OnPage = Context(product ?? []),
            InCart = Context(cart ?? []),
            Preview = looksOnly,
        };
        errors.AddRange(Missing(definition.Kind, id, request.Context));
        return errors.Count > 0
            ? Problem.Invalid([.. errors])
            : TypedResults.Ok(await recommendations.AnswerAsync(id, request, cancellation));
    }

    public async Task<RecommendationList> AnswerAsync(Guid? customer, Request request, CancellationToken cancellation)
    {
        using var activity = telemetry.Activities.StartActivity("recommendation.get_recommendations");
        var history = customer is { } id ? await histories.ReadAsync(id, cancellation) : CustomerHistory.Empty;
        var list = Answer(customer, history, request);
        activity?.SetTag("recommendation.model", list.ModelVersion);
        activity?.SetTag("recommendation.placement", request.Placement);
        return list;
    }

    /// <summary>Computes one answer and, unless it is a preview, keeps it; no I/O.</summary>
    public RecommendationList Answer(Guid? customer, CustomerHistory history, Request request)
    {
        var placement = request.Placement;
        var state = states.Current;
        var experiment = experiments.Running.GetValueOrDefault(placement);
        var arm = customer is { } unit ? experiment?.ArmOf(unit) : null;
        var definition = arm?.Definition ?? state.Placements[placement];
        var model = state.At(definition);
        var now = clock.GetUtcNow();
        var question = new Question(
            state,
            state.Compile(placement, definition),
            model,
            history,
            request,
            TimeSpan.FromDays(options.Value.HistoryHalfLifeDays),
            now
        );
        var decision = Guid.CreateVersion7(now);
        // Chance follows from the id: what was drawn can be drawn again.
        var answered = Recommend.Answer(question, new Random(decision.GetHashCode()));
        var list = new RecommendationList(
            model?.Model.Version,
            answered.Items,
            answered.Items.Count > 0 && !request.Preview ? decision.ToString("N") : null,
            placement,
            arm is null ? null : $"{experiment!.Key}/{arm.Name}"
        );
        if (request.Preview)
        {
            return list;
        }
        foreach (var source in answered.Items.CountBy(item => item.Source))
        {
            served.Add(source.Value, new("source", source.Key), new("placement", placement));
        }
        if (list.DecisionId is { } decisionId && options.Value.KeepDecisionsDays > 0)
        {
            decisions.Keep(
                new Decision(
                    decisionId,
                    now,
                    // Of who does not want to be profiled no decision is kept under a name.
                    history.Profiled
                        ? customer
                        : null,
                    placement,
                    list.ModelVersion,
                    arm is null ? null : experiment!.Key,
                    arm?.Name,
                    [.. answered.Items.Select(item => item.ProductId)],
                    [.. answered.First.Shortlist.Select(pick => state.Shelf[pick.Slot].ProductId)],
                    answered.First.Chosen,
                    answered.First.Propensity
                )
            );
        }
        return list;
    }

    internal static ProductFilter? ReadFilter(string? filter, List<FieldError> errors)
    {
        try
        {
            return ProductFilter.Parse(filter);
        }
        catch (BadFilterException bad)
        {
            errors.Add(new FieldError("filter", bad.Message));
            return null;
        }
    }

    /// <summary>Ids that no product can have (PostgreSQL's text takes no NUL) cannot vote, and a cart has an end.</summary>
    internal static IReadOnlyList<string> Context(IReadOnlyList<string?> products) =>
        [.. products.OfType<string>().Where(p => p.Length is > 0 and <= 200 && !p.Contains('\0')).Distinct().Take(MaxContext)];

    private static IEnumerable<FieldError> Missing(PlacementKind kind, Guid? customer, IReadOnlyList<string> context)
    {
        if (kind is PlacementKind.Similar or PlacementKind.BoughtTogether && context.Count == 0)
        {
            yield return new FieldError("product", "This placement is about a product: name it with product=.");
        }
        if (kind == PlacementKind.Cart && context.Count == 0)
        {
            yield return new FieldError("cart", "This placement completes a cart: name what lies in it with cart=, once for each product.");
        }
        if (kind is PlacementKind.Reorder or PlacementKind.NextBasket && customer is null)
        {
            yield return new FieldError("customer", "This placement is about what somebody buys again: say whom with customer=.");
        }
        if (kind == PlacementKind.Session && customer is null && context.Count == 0)
        {
            yield return new FieldError(
                "visitor",
                "This placement goes on with a visit: say whose with visitor=, or what is seen with product=."
            );
        }
    }

    private static Guid? ReadId(string field, string? text, List<FieldError> errors)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }
        if (Guid.TryParse(text, out var id))
        {
            return id;
        }
        errors.Add(
            new FieldError(
                field,
                $"Must be the platform's UUID, which GET {Routes.Customers}?userId= or ?anonymousId= tells; leave it out for somebody nobody knows."
            )
        );
        return null;
    }
}
