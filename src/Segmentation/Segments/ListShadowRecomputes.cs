using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Segmentation.Segments;

/// <param name="Differing">Rows where the set-based answer differed from what was kept; 0 is expected.</param>
internal sealed record ShadowView(string Segment, DateTimeOffset At, long Members, long Differing);

/// <summary>What the last nightly recompute of each rule segment found.</summary>
internal static class ListShadowRecomputes
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Operations + "/segmentation/recomputes", Handle)
            .RequireScope(Scope.Read)
            .WithName("listShadowRecomputes")
            .WithSummary("The last nightly comparison of each rule segment.");

    internal static async Task<Ok<Page<ShadowView>>> Handle(SegmentationDatabase db, CancellationToken ct) =>
        TypedResults.Ok(new Page<ShadowView>(await db.QueryAsync<ShadowView>(Sql, null, ct), null));

    private const string Sql = """
        select distinct on (s.key) s.key as segment, r.at, r.members, r.differing
        from shadow_recomputes r join segments s on s.id = r.segment_id order by s.key, r.at desc
        """;
}
