using System.Security.Cryptography;
using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.AdOptimization.Creatives;

/// <summary>Body of <c>POST /api/v1/ads/creative-tests</c>.</summary>
/// <param name="Creatives">Two to twenty, as performance rows name them.</param>
/// <param name="Metric"><c>clicks</c> (the default), <c>conversions</c> or <c>value</c>, by showing.</param>
/// <param name="Method"><c>thompson</c> (the default) or <c>split</c>.</param>
/// <param name="MinimumShare">Of a segment's showings for each creative that runs; 0.05 unless said.</param>
/// <param name="HalfLifeDays">With Thompson: days after which a day counts half; 28 unless said.</param>
/// <param name="StartsOn">Rows before this day do not count; today unless said.</param>
internal sealed record CreativeTestRequest(
    string? Name,
    string? Channel,
    string? Campaign,
    string? AdSet,
    IReadOnlyList<string?>? Creatives,
    string? Metric,
    string? Method,
    double? MinimumShare,
    double? HalfLifeDays,
    DateOnly? StartsOn,
    int? Seed
);

/// <summary><c>POST /api/v1/ads/creative-tests</c>: tries creatives of one ad set against each other, in each segment for itself.</summary>
internal static class CreateCreativeTest
{
    private const int Most = 20;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Ads + "/creative-tests", Handle)
            .RequireScope(Scope.Write)
            .WithName("createCreativeTest")
            .WithSummary("Tries creatives of one ad set against each other, in each segment for itself.");

    private static async Task<Results<Created<CreativeTestView>, ProblemHttpResult>> Handle(
        CreativeTestRequest request,
        AdsDatabase db,
        ShopDay day,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (Check(request, day.Today) is { Count: > 0 } errors)
            return Problem.Invalid([.. errors]);
        var now = clock.GetUtcNow();
        var test = ToTest(request, day.Today, now);
        await using var work = await db.BeginAsync(ct);
        await work.ExecuteAsync(AdsDatabase.ExclusiveForPerformance, null, ct);
        if (await work.QuerySingleOrDefaultAsync<string>(RunningSql, test, ct) is { } other)
            return Problem.Of(
                409,
                "creatives-in-a-test",
                "A test of this ad set runs with some of these creatives",
                $"'{other}' tries them already: stop it first, or leave its creatives out."
            );
        await work.ExecuteAsync(InsertSql, test, ct);
        var arms = await CreativeStore.DecideAsync(work, test, [], "created", day.Today, now, ct);
        await work.CommitAsync(ct);
        return TypedResults.Created($"{Routes.Ads}/creative-tests/{test.Id}", CreativeTestView.Of(test, arms, now));
    }

    internal static List<FieldError> Check(CreativeTestRequest request, DateOnly today)
    {
        List<FieldError> errors = [];
        Name("name", request.Name, required: true);
        Name("channel", request.Channel, required: true);
        Name("campaign", request.Campaign, required: false);
        Name("adSet", request.AdSet, required: false);
        var creatives = (request.Creatives ?? []).Select(c => c?.Trim() ?? "").ToArray();
        if (
            creatives.Length is < 2 or > Most
            || creatives.Distinct().Count() != creatives.Length
            || creatives.Any(c => c.Length is 0 or > 200)
        )
            errors.Add(
                new("creatives", $"Give 2 to {Most} different names, each of at most 200 characters, as performance rows have them.")
            );
        if (request.Metric is { } metric && !CreativeMetrics.All.Contains(metric))
            errors.Add(new("metric", $"Give one of {string.Join(", ", CreativeMetrics.All)}."));
        if (request.Method is { } method && !CreativeMethods.All.Contains(method))
            errors.Add(new("method", $"Give one of {string.Join(", ", CreativeMethods.All)}."));
        else if (request is { Method: CreativeMethods.Split, Metric: CreativeMetrics.Value })
            errors.Add(
                new("method", "A test by value needs thompson: rows tell sums of value, and a split test needs how single ones scatter.")
            );
        if (request.MinimumShare is { } share && !(share >= 0 && share * Math.Max(2, creatives.Length) <= 1))
            errors.Add(new("minimumShare", $"Give a share from 0 to {1.0 / Math.Max(2, creatives.Length):0.###}: each creative gets it."));
        if (request.HalfLifeDays is { } life && !(life is >= 1 and <= 3_650))
            errors.Add(new("halfLifeDays", "Give days from 1 to 3650."));
        if (request.StartsOn < today.AddYears(-2) || request.StartsOn > today.AddYears(1))
            errors.Add(new("startsOn", "Give a day from two years ago to a year from now."));
        return errors;

        void Name(string field, string? name, bool required)
        {
            if (required && string.IsNullOrWhiteSpace(name))
                errors.Add(new(field, "It is missing."));
            else if (name?.Length > 200 || name?.Any(char.IsControl) is true)
                errors.Add(new(field, "Give at most 200 characters, none of them a control character."));
        }
    }

    private static CreativeTest ToTest(CreativeTestRequest request, DateOnly today, DateTimeOffset now) =>
        new(
            Guid.CreateVersion7(now),
            request.Name!.Trim(),
            PerformanceRules.ChannelOf(request.Channel!),
            request.Campaign?.Trim() ?? "",
            request.AdSet?.Trim() ?? "",
            request.Metric ?? CreativeMetrics.Clicks,
            request.Method ?? CreativeMethods.Thompson,
            [.. request.Creatives!.Select(c => c!.Trim())],
            request.MinimumShare ?? Math.Min(0.05, 1.0 / request.Creatives!.Count),
            request.HalfLifeDays ?? 28,
            request.StartsOn ?? today,
            request.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue),
            now,
            null
        );

    private const string RunningSql = """
        select name from creative_tests
        where (channel, campaign, ad_set) = (@Channel, @Campaign, @AdSet) and stopped_at is null and creatives && @Creatives
        order by id limit 1
        """;

    private const string InsertSql = $"""
        insert into creative_tests ({CreativeStore.Columns})
        values (@Id, @Name, @Channel, @Campaign, @AdSet, @Metric, @Method, @Creatives, @MinimumShare, @HalfLifeDays, @StartsOn, @Seed,
            @CreatedAt, @StoppedAt)
        """;
}
