using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Segmentation.Rules;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Segmentation.Segments;

/// <param name="BarredFromAds">Fields that segments meant for ads may not use, in rules nor as features of predictions.</param>
internal sealed record SegmentSettingsView(IReadOnlyList<string>? BarredFromAds);

/// <summary>What a shop bars from segments meant for ads. From the start: age and gender.</summary>
internal static class SegmentSettings
{
    private const string Path = Routes.Segments + "/settings";

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Path, ShowAsync)
            .RequireScope(Scope.Read)
            .WithName("showSegmentSettings")
            .WithSummary("What segments meant for ads may not use.");
        root.MapPut(Path, ReplaceAsync)
            .RequireScope(Scope.Write)
            .WithName("replaceSegmentSettings")
            .WithSummary("Bar fields from segments meant for ads.");
    }

    internal static async Task<Ok<SegmentSettingsView>> ShowAsync(SegmentationDatabase db, CancellationToken ct) =>
        TypedResults.Ok(
            new SegmentSettingsView(await db.QuerySingleAsync<string[]>("select barred_from_ads from segmentation_settings", null, ct))
        );

    internal static async Task<Results<Ok<SegmentSettingsView>, ProblemHttpResult>> ReplaceAsync(
        SegmentSettingsView request,
        SegmentationDatabase db,
        SegmentRules rules,
        CancellationToken ct
    )
    {
        if (request.BarredFromAds is not { } wanted || wanted.Any(f => f is null || !Vocabulary.Traits.ContainsKey(f)))
            return Problem.Invalid(
                new FieldError("barredFromAds", $"Give a list, empty or of these: {string.Join(", ", Vocabulary.Traits.Keys)}.")
            );
        var fields = wanted.Distinct().Order(StringComparer.Ordinal).ToArray();
        await using var work = await db.BeginAsync(ct);
        await work.ExecuteAsync(SegmentationDatabase.ExclusiveForDefinitions, null, ct);
        var bars = await AdBars.ReadAsync(work, ct) with { Fields = fields };
        if (await bars.OffendingAsync(work, await rules.AllAsync(work, ct), ct) is { Count: > 0 } offending)
            return InUse(offending);
        await work.ExecuteAsync("update segmentation_settings set barred_from_ads = @fields", new { fields }, ct);
        await work.CommitAsync(ct);
        return TypedResults.Ok(new SegmentSettingsView(fields));
    }

    public static ProblemHttpResult InUse(IReadOnlyList<string> offending) =>
        Problem.Of(
            409,
            "barred-in-use",
            "Segments meant for ads use it",
            $"Change these first, or say that they are not meant for ads: {string.Join(", ", offending)}."
        );
}
