using System.Text.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Segmentation.Rules;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace MarketingPlatform.Segmentation.Segments;

/// <param name="Rule">The JSON tree; null in built-in segments.</param>
/// <param name="Text">The same rule as text.</param>
/// <param name="Version">Also the ETag, for If-Match of a change.</param>
/// <param name="UpToDate">False while a new or changed rule is still being computed for everybody.</param>
internal sealed record SegmentDetail(
    Guid Id,
    string Key,
    string Name,
    string Kind,
    string Description,
    JsonObject? Rule,
    string? Text,
    string? Words,
    bool ForAds,
    int Version,
    bool UpToDate,
    long Size,
    DateTimeOffset UpdatedAt
);

/// <summary>One segment with its rule, by key or id.</summary>
internal static class ShowSegment
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Segments + "/{segment}", Handle)
            .RequireScope(Scope.Read)
            .WithName("showSegment")
            .WithSummary("A segment with its rule as JSON and as text.");

    internal static async Task<Results<Ok<SegmentDetail>, ProblemHttpResult>> Handle(
        string segment,
        SegmentationDatabase db,
        HttpResponse response,
        CancellationToken ct
    )
    {
        await using var work = await db.BeginAsync(ct);
        if (await FindAsync(work, segment, ct) is not { } found)
            return NotFound(segment);
        response.Headers[HeaderNames.ETag] = ETagOf(found.Version);
        return TypedResults.Ok(found);
    }

    public static string ETagOf(int version) => $"\"{version}\"";

    public static ProblemHttpResult NotFound(string segment) =>
        Problem.NotFound("segment", $"There is no segment with the key or id '{segment}'. GET {Routes.Segments} lists them.");

    public static async Task<SegmentDetail?> FindAsync(UnitOfWork work, string segment, CancellationToken ct)
    {
        if (await work.QuerySingleOrDefaultAsync<Row>(FindSql, new { segment }, ct) is not { } row)
            return null;
        Rule? rule = null;
        if (row.Rule is not null)
        {
            using var json = JsonDocument.Parse(row.Rule);
            rule = RuleJson.Read(json.RootElement);
        }
        return new SegmentDetail(
            row.Id,
            row.Key,
            row.Name,
            row.Kind,
            row.Description,
            rule is null ? null : RuleJson.Write(rule),
            rule is null ? null : RulePrinter.Print(rule),
            rule is null ? null : RuleWords.Say(rule),
            row.ForAds,
            row.Version,
            rule is null || row.UpToDate,
            row.Size,
            row.UpdatedAt
        );
    }

    private sealed record Row(
        Guid Id,
        string Key,
        string Name,
        string Kind,
        string Description,
        string? Rule,
        bool ForAds,
        int Version,
        bool UpToDate,
        long Size,
        DateTimeOffset UpdatedAt
    );

    private const string FindSql = """
        select id, key, name, kind, description, rule::text as rule, for_ads, version,
               applied_version >= version and not exists (select from staged where segment_id = s.id) as up_to_date,
               (select count(*) from memberships m where m.segment_id = s.id) as size, updated_at
        from segments s where (key = @segment or id::text = lower(@segment)) and not deleting
        """;
}
