using System.Text.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Segmentation.Rules;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketingPlatform.Segmentation.Segments;

/// <param name="Key">Of the segment that the rule is for, so that circles are seen; null for a new one.</param>
/// <param name="ForAds">Whether it is meant for ads, where protected attributes are barred.</param>
internal sealed record PreviewRequest(JsonElement? Rule, string? Text, string? Key = null, bool ForAds = false);

/// <param name="Size">Customers who would be members now.</param>
/// <param name="Customers">All customers, for the share.</param>
/// <param name="Sample">Up to ten members.</param>
/// <param name="Rule">The rule as JSON, and <paramref name="Text"/> as text, whichever was given.</param>
/// <param name="Words">The rule in plain words.</param>
internal sealed record Preview(long Size, long Customers, IReadOnlyList<Guid> Sample, JsonObject Rule, string Text, string Words);

/// <summary>How many customers a rule would hold, and some of them, before anything is saved.</summary>
internal static class PreviewRule
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Segments + "/preview", Handle)
            .RequireScope(Scope.Read)
            .WithName("previewSegment")
            .WithSummary("Size and sample of a rule that is not saved.");

    internal static async Task<Results<Ok<Preview>, ProblemHttpResult>> Handle(
        PreviewRequest request,
        SegmentationDatabase db,
        SegmentRules rules,
        IOptions<SegmentationOptions> options,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        await using var work = await db.BeginAsync(ct);
        var all = await rules.AllAsync(work, ct);
        var check = new RuleCheck(all, options.Value.EventRetention, options.Value.BarredFields);
        var (rule, errors) = RuleInput.Read(request.Rule, request.Text, check, request.Key);
        if (rule is null)
            return Problem.Invalid(errors);
        if (request.ForAds && (await AdBars.ReadAsync(work, ct)).Check(rule, all) is { Count: > 0 } barred)
            return Problem.Invalid(RuleInput.Errors(request.Rule is null ? "text" : "rule", barred));
        await work.ExecuteAsync("set local statement_timeout = '15s';" + RecomputeSegments.PrepareSql, null, ct);
        var query = rules.Compile(rule, await rules.ReadAsync(work, ct), SegmentRules.Instant(clock.GetUtcNow()));
        try
        {
            var (size, customers, sample) = await work.QuerySingleAsync<(long, long, Guid[])>(
                $"with {query.With} {SizeSql}",
                query.Parameters,
                ct
            );
            return TypedResults.Ok(
                new Preview(size, customers, sample, RuleJson.Write(rule), RulePrinter.Print(rule), RuleWords.Say(rule))
            );
        }
        catch (PostgresException slow) when (slow.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            return Problem.Of(503, "preview-too-slow", "The preview took too long", "Save the segment: it is computed in the background.");
        }
    }

    private const string SizeSql = """
        select count(*) filter (where is_member) as size, count(*) as customers,
               coalesce((array_agg(customer_id) filter (where is_member))[1:10], '{}') as sample
        from answers
        """;
}
