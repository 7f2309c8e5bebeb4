using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.AdOptimization.Creatives;

/// <summary>Body of <c>POST …/resume</c>.</summary>
/// <param name="Segment">Null where rows name none.</param>
internal sealed record ResumeRequest(string? Creative, string? Segment);

/// <summary>
/// <c>POST /api/v1/ads/creative-tests/{id}/resume</c> shows a paused creative again: what is known of it, today's rows too, counts no more.
/// <c>POST …/{id}/stop</c> ends a test; its decisions stay.
/// </summary>
internal static class SteerCreativeTest
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapPost(Routes.Ads + "/creative-tests/{id:guid}/resume", Resume)
            .RequireScope(Scope.Write)
            .WithName("resumeCreative")
            .WithSummary("Shows a paused creative again in a segment.");
        root.MapPost(Routes.Ads + "/creative-tests/{id:guid}/stop", Stop)
            .RequireScope(Scope.Write)
            .WithName("stopCreativeTest")
            .WithSummary("Ends a creative test.");
    }

    private static async Task<Results<Ok<CreativeTestView>, ProblemHttpResult>> Resume(
        Guid id,
        ResumeRequest request,
        AdsDatabase db,
        ShopDay day,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        await using var work = await db.BeginAsync(ct);
        await work.ExecuteAsync(AdsDatabase.ExclusiveForPerformance, null, ct);
        if (await CreativeStore.FindAsync(work, id, ct) is not { } test)
            return ListCreativeTests.NotFound(id);
        if (test.StoppedAt is not null)
            return Problem.Of(
                409,
                "creative-test-stopped",
                "The test is over",
                "Create a new test with POST " + Routes.Ads + "/creative-tests."
            );
        var arms = await CreativeStore.NewestAsync(work, id, ct);
        var segment = string.IsNullOrEmpty(request.Segment) ? null : request.Segment;
        if (!arms.Any(a => a.Creative == request.Creative && a.Segment == segment && a.Status == CreativeArm.Paused))
            return Problem.Invalid(new FieldError("creative", "Give a creative that is paused in that segment, with the segment."));
        var now = clock.GetUtcNow();
        CreativeArm[] back =
        [
            .. arms.Select(a =>
                a.Creative == request.Creative && a.Segment == segment
                    ? a with
                    {
                        Status = CreativeArm.Active,
                        // The day of which rows are known already would pause it again at once.
                        Since = day.Today.AddDays(1),
                        Reason = $"Resumed by hand on {day.Today:yyyy-MM-dd}; before, it was paused: {a.Reason}",
                    }
                    : a
            ),
        ];
        var decided = await CreativeStore.DecideAsync(work, test, back, "resumed", day.Today, now, ct);
        await work.CommitAsync(ct);
        return TypedResults.Ok(CreativeTestView.Of(test, decided, now));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Stop(Guid id, AdsDatabase db, TimeProvider clock, CancellationToken ct)
    {
        var found = await db.QueryAsync<Guid>(StopSql, new { id, Now = clock.GetUtcNow() }, ct);
        return found.Count == 1 ? TypedResults.NoContent() : ListCreativeTests.NotFound(id);
    }

    private const string StopSql = """
        update creative_tests set stopped_at = coalesce(stopped_at, @Now) where id = @id returning id
        """;
}
