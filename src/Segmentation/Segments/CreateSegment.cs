using System.Text.Json;
using System.Text.RegularExpressions;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Segmentation.Rules;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketingPlatform.Segmentation.Segments;

/// <param name="Key">Stable name for other rules and readers of events: lower-case letters, digits and dashes.</param>
/// <param name="Rule">The JSON tree, or <paramref name="Text"/>.</param>
/// <param name="ForAds">Meant for advertising, where protected attributes are barred.</param>
internal sealed record CreateSegmentRequest(
    string? Key,
    string? Name,
    string? Description,
    JsonElement? Rule,
    string? Text,
    bool ForAds = false
);

/// <summary>Makes a segment of a rule; its members follow within seconds.</summary>
internal static partial class CreateSegment
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Segments, Handle)
            .RequireScope(Scope.Write)
            .WithName("createSegment")
            .WithSummary("Create a segment from a rule, given as JSON or as text.");

    internal static async Task<Results<Created<SegmentDetail>, ProblemHttpResult>> Handle(
        CreateSegmentRequest request,
        SegmentationDatabase db,
        SegmentRules rules,
        IOptions<SegmentationOptions> options,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        await using var work = await db.BeginAsync(ct);
        await work.ExecuteAsync(SegmentationDatabase.ExclusiveForDefinitions, null, ct);
        var all = await rules.AllAsync(work, ct);
        var errors = new List<FieldError>();
        if (request.Key is null || !Key().IsMatch(request.Key))
            errors.Add(new FieldError("key", "Give a key of 1 to 60 lower-case letters, digits and dashes, beginning with a letter."));
        else if (Reserved.Contains(request.Key))
            errors.Add(new FieldError("key", $"'{request.Key}' is part of an address already. Choose another key."));
        errors.AddRange(SegmentName.Errors(request.Name, request.Description));
        var check = new RuleCheck(all, options.Value.EventRetention, options.Value.BarredFields);
        var (rule, wrong) = RuleInput.Read(request.Rule, request.Text, check, request.Key);
        if (errors.Count > 0 || rule is null)
            return Problem.Invalid([.. errors, .. wrong]);

        if (request.ForAds && (await AdBars.ReadAsync(work, ct)).Check(rule, all) is { Count: > 0 } barred)
            return Problem.Invalid(RuleInput.Errors(request.Rule is null ? "text" : "rule", barred));

        var now = clock.GetUtcNow();
        try
        {
            await work.ExecuteAsync(
                InsertSql,
                new
                {
                    Id = Guid.CreateVersion7(now),
                    request.Key,
                    Name = request.Name!.Trim(),
                    Description = request.Description ?? "",
                    Rule = RuleJson.Write(rule).ToJsonString(),
                    request.ForAds,
                    now,
                },
                ct
            );
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return Problem.Of(
                409,
                "segment-exists",
                "The key is taken",
                $"There is a segment with the key '{request.Key}'. Choose another key."
            );
        }
        var made = await ShowSegment.FindAsync(work, request.Key!, ct);
        await work.CommitAsync(ct);
        return TypedResults.Created($"{Routes.Segments}/{request.Key}", made);
    }

    /// <summary>Paths beside those of segments.</summary>
    private static readonly string[] Reserved = ["channels", "preview", "rfm", "settings"];

    [GeneratedRegex("^[a-z][a-z0-9-]{0,59}$")]
    private static partial Regex Key();

    private const string InsertSql = """
        insert into segments (id, key, name, kind, description, rule, for_ads, updated_at)
        values (@Id, @Key, @Name, 'rule', @Description, @Rule::jsonb, @ForAds, @now)
        """;
}
