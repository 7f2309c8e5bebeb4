using System.Globalization;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Segmentation.Rules;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace MarketingPlatform.Segmentation.Segments;

/// <param name="ForAds">Null: as it is.</param>
internal sealed record ChangeSegmentRequest(string? Name, string? Description, JsonElement? Rule, string? Text, bool? ForAds = null);

/// <summary>
/// Replaces or deletes a segment. Both ask for the version that the caller saw (<c>If-Match</c>), so that nobody overwrites what they have
/// not read.
/// </summary>
internal static class ChangeSegment
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapPut(Routes.Segments + "/{segment}", ReplaceAsync)
            .RequireScope(Scope.Write)
            .WithName("replaceSegment")
            .WithSummary("Replace name, description and rule of a segment; If-Match holds the version seen.");
        root.MapDelete(Routes.Segments + "/{segment}", DeleteAsync)
            .RequireScope(Scope.Write)
            .WithName("deleteSegment")
            .WithSummary("Delete a segment; its members leave it. If-Match holds the version seen.");
    }

    internal static async Task<Results<Ok<SegmentDetail>, ProblemHttpResult>> ReplaceAsync(
        string segment,
        ChangeSegmentRequest request,
        HttpContext http,
        SegmentationDatabase db,
        SegmentRules rules,
        IOptions<SegmentationOptions> options,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        await using var work = await db.BeginAsync(ct);
        var (found, refused) = await FindAsync(work, segment, http.Request, ct);
        if (refused is not null)
            return refused;
        var all = await rules.AllAsync(work, ct);
        var check = new RuleCheck(all, options.Value.EventRetention, options.Value.BarredFields);
        var (rule, errors) = RuleInput.Read(request.Rule, request.Text, check, found!.Key);
        errors = [.. SegmentName.Errors(request.Name, request.Description), .. errors];
        if (rule is null || errors.Length > 0)
            return Problem.Invalid(errors);
        var forAds = request.ForAds ?? found.ForAds;
        var bars = await AdBars.ReadAsync(work, ct);
        var after = new Dictionary<string, Rule?>(all) { [found.Key] = rule };
        if (forAds && bars.Check(rule, after) is { Count: > 0 } barred)
            return Problem.Invalid(RuleInput.Errors(request.Rule is null ? "text" : "rule", barred));
        // Segments meant for ads may ask for this one.
        if ((await bars.OffendingAsync(work, after, ct)).Where(key => key != found.Key).ToList() is { Count: > 0 } offending)
            return SegmentSettings.InUse(offending);

        await work.ExecuteAsync(
            ReplaceSql,
            new
            {
                found.Id,
                Name = request.Name!.Trim(),
                Description = request.Description ?? "",
                Rule = RuleJson.Write(rule).ToJsonString(),
                forAds,
                Asking = Asking(found.Key, all).ToArray(),
                Now = clock.GetUtcNow(),
            },
            ct
        );
        var changed = await ShowSegment.FindAsync(work, found.Key, ct);
        await work.CommitAsync(ct);
        http.Response.Headers[HeaderNames.ETag] = ShowSegment.ETagOf(changed!.Version);
        return TypedResults.Ok(changed);
    }

    internal static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string segment,
        HttpContext http,
        SegmentationDatabase db,
        SegmentRules rules,
        CancellationToken ct
    )
    {
        await using var work = await db.BeginAsync(ct);
        var (found, refused) = await FindAsync(work, segment, http.Request, ct);
        if (refused is not null)
            return refused;
        if (Asking(found!.Key, await rules.AllAsync(work, ct)) is { Count: > 0 } asking)
            return Problem.Of(
                409,
                "segment-in-use",
                "Other segments ask for it",
                $"Change the rules of these segments first: {string.Join(", ", asking)}."
            );
        await work.ExecuteAsync(
            "update segments set deleting = true where id = @Id; delete from staged where segment_id = @Id",
            new { found.Id },
            ct
        );
        await work.CommitAsync(ct);
        return TypedResults.NoContent();
    }

    private static async Task<(SegmentDetail? Found, ProblemHttpResult? Refused)> FindAsync(
        UnitOfWork work,
        string segment,
        HttpRequest request,
        CancellationToken ct
    )
    {
        await work.ExecuteAsync(SegmentationDatabase.ExclusiveForDefinitions, null, ct);
        if (await ShowSegment.FindAsync(work, segment, ct) is not { } found)
            return (null, ShowSegment.NotFound(segment));
        if (found.Rule is null)
            return (
                null,
                Problem.Of(
                    409,
                    "segment-built-in",
                    "A built-in segment",
                    $"'{found.Key}' comes with the platform. Make a segment of your own."
                )
            );
        var seen = request.Headers.IfMatch.ToString().Replace("W/", "", StringComparison.Ordinal).Trim('"');
        if (seen.Length == 0)
            return (
                null,
                Problem.Of(
                    428,
                    "version-needed",
                    "Which version?",
                    $"Send If-Match with the version that GET {Routes.Segments}/{found.Key} gave."
                )
            );
        if (seen != "*" && seen != found.Version.ToString(CultureInfo.InvariantCulture))
            return (
                null,
                Problem.Of(
                    412,
                    "version-changed",
                    "Somebody changed it meanwhile",
                    $"The segment is at version {found.Version} now. Read it again and repeat the change."
                )
            );
        return (found, null);
    }

    /// <summary>Segments that ask for one, themselves or through others.</summary>
    internal static IReadOnlyList<string> Asking(string key, IReadOnlyDictionary<string, Rule?> rules)
    {
        var asking = new SortedSet<string>(StringComparer.Ordinal);
        var next = new Queue<string>([key]);
        while (next.TryDequeue(out var asked))
            foreach (var (other, rule) in rules)
                if (rule is not null && RuleCheck.Asked(rule).Contains(asked) && asking.Add(other))
                    next.Enqueue(other);
        return [.. asking];
    }

    private const string ReplaceSql = """
        update segments set name = @Name, description = @Description, rule = @Rule::jsonb, for_ads = @forAds,
            version = version + 1, updated_at = @Now
        where id = @Id;
        -- Who asks for it is computed again.
        update segments set applied_version = 0 where key = any (@Asking)
        """;
}
