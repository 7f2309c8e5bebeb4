using System.Text.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Segmentation.Rules;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Segmentation.Segments;

/// <param name="Member">Whether the rule holds now; a change of the last second may not be stored yet.</param>
/// <param name="Until">The answer holds at least until then if nothing new happens; null for ever.</param>
internal sealed record Explanation(Guid CustomerId, string Segment, bool Member, DateTimeOffset? Until, ExplainedCondition Why);

/// <param name="Text">The condition, or all, any, not.</param>
/// <param name="Answer">True, false, or null: not known.</param>
/// <param name="Observed">What was seen of the customer; null where nothing is known.</param>
internal sealed record ExplainedCondition(string Text, bool? Answer, JsonNode? Observed, IReadOnlyList<ExplainedCondition>? Of = null);

/// <summary>Why a customer belongs to a segment or does not: each condition with what was observed.</summary>
internal static class ExplainMembership
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Segments + "/{segment}/explain", Handle)
            .RequireScope(Scope.Read)
            .WithName("explainSegment")
            .WithSummary("Why a customer (customer=ID) belongs to a rule segment or does not.");

    internal static async Task<Results<Ok<Explanation>, ProblemHttpResult>> Handle(
        string segment,
        string? customer,
        SegmentationDatabase db,
        SegmentRules rules,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (!Guid.TryParse(customer, out var id))
            return Problem.Invalid(new FieldError("customer", "Must be a customer's id, a UUID."));
        await using var work = await db.BeginAsync(ct);
        if (await ShowSegment.FindAsync(work, segment, ct) is not { } found)
            return ShowSegment.NotFound(segment);
        if (found.Rule is null)
            return Problem.Of(409, "segment-built-in", "A built-in segment", $"'{found.Key}' has no rule to explain: {found.Description}");
        var root = await work.QuerySingleOrDefaultAsync<Guid?>("select root_id from merges where from_id = @id", new { id }, ct) ?? id;
        var segments = await rules.ReadAsync(work, ct);
        var now = SegmentRules.Instant(clock.GetUtcNow());
        var facts = await ReadFacts.ReadAsync(work, [root], RuleNeeds.Of(segments.Select(s => s.Rule)), now, ct);
        if (facts.Count == 0)
            return Problem.NotFound("customer", $"Segmentation knows no customer {id}.");
        var rule = segments.First(s => s.Id == found.Id).Rule;
        var evaluation = rules.Evaluation(segments);
        var answer = evaluation.Of(rule, facts[0], now);
        return TypedResults.Ok(new Explanation(root, found.Key, answer.Is == true, answer.Until, Explain(rule, evaluation, facts[0], now)));
    }

    internal static ExplainedCondition Explain(Rule rule, RuleEvaluation evaluation, CustomerFacts customer, DateTimeOffset now)
    {
        var answer = evaluation.Of(rule, customer, now).Is;
        return rule switch
        {
            All all => new ExplainedCondition("all", answer, null, [.. all.Rules.Select(r => Explain(r, evaluation, customer, now))]),
            Any any => new ExplainedCondition("any", answer, null, [.. any.Rules.Select(r => Explain(r, evaluation, customer, now))]),
            Not not => new ExplainedCondition("not", answer, null, [Explain(not.Inner, evaluation, customer, now)]),
            _ => new ExplainedCondition(RulePrinter.Print(rule), answer, evaluation.Seen(rule, customer, now)?.ToJson()),
        };
    }
}
