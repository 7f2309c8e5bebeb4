using System.Security.Cryptography;
using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.AdOptimization.Incrementality;

/// <summary>Body of <c>POST /api/v1/ads/hold-outs</c>.</summary>
/// <param name="Regions">Six or more, of like size if possible: chance decides which are held.</param>
/// <param name="HeldShare">Of the regions; half unless said.</param>
/// <param name="DaysBefore">Days before whose revenue tells regions apart; 28 unless said.</param>
internal sealed record HoldOutRequest(
    string? Name,
    string? Channel,
    string? Currency,
    IReadOnlyList<string?>? Regions,
    double? HeldShare,
    DateOnly? StartsOn,
    DateOnly? EndsOn,
    int? DaysBefore,
    int? Seed
);

/// <summary>
/// <c>POST /api/v1/ads/hold-outs</c> draws regions that shall see no ads of a channel; <c>GET /api/v1/ads/hold-outs</c> and <c>…/{id}</c>
/// show them with what was found. To keep ads away from them is up to whoever runs the campaigns.
/// </summary>
internal static class PlanHoldOut
{
    private const int Most = 1_000;

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapPost(Routes.Ads + "/hold-outs", Handle)
            .RequireScope(Scope.Write)
            .WithName("planAdHoldOut")
            .WithSummary("Draws regions that see no ads of a channel for a while, to measure what its ads cause.");
        root.MapGet(Routes.Ads + "/hold-outs", List)
            .RequireScope(Scope.Read)
            .WithName("listAdHoldOuts")
            .WithSummary("Hold-outs by region with their results, newest first.");
        root.MapGet(Routes.Ads + "/hold-outs/{id:guid}", Get)
            .RequireScope(Scope.Read)
            .WithName("getAdHoldOut")
            .WithSummary("A hold-out by region with its result.");
    }

    private static async Task<Results<Created<HoldOutView>, ProblemHttpResult>> Handle(
        HoldOutRequest request,
        AdsDatabase db,
        IOptions<Shop> shop,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (Check(request) is { Count: > 0 } errors)
            return Problem.Invalid([.. errors]);
        var (now, seed) = (clock.GetUtcNow(), request.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue));
        var (advertised, held) = Draw([.. request.Regions!.Select(r => r!.Trim())], request.HeldShare ?? 0.5, new Random(seed));
        var row = new HoldOutRow
        {
            Id = Guid.CreateVersion7(now),
            Name = request.Name!.Trim(),
            Channel = PerformanceRules.ChannelOf(request.Channel!),
            Currency = (request.Currency ?? shop.Value.Currency).ToUpperInvariant(),
            StartsOn = request.StartsOn!.Value,
            EndsOn = request.EndsOn!.Value,
            DaysBefore = request.DaysBefore ?? 28,
            Advertised = advertised,
            Held = held,
            Seed = seed,
            CreatedAt = now,
        };
        await db.ExecuteAsync(InsertSql, row, ct);
        return TypedResults.Created($"{Routes.Ads}/hold-outs/{row.Id}", row.ToView());
    }

    private static async Task<Ok<Page<HoldOutView>>> List(AdsDatabase db, CancellationToken ct) =>
        TypedResults.Ok(
            new Page<HoldOutView>(
                [
                    .. (
                        await db.QueryAsync<HoldOutRow>(
                            $"select {HoldOutRow.Columns} from hold_outs order by id desc limit @Most",
                            new { Most },
                            ct
                        )
                    ).Select(r => r.ToView()),
                ],
                null
            )
        );

    private static async Task<Results<Ok<HoldOutView>, ProblemHttpResult>> Get(Guid id, AdsDatabase db, CancellationToken ct)
    {
        var rows = await db.QueryAsync<HoldOutRow>($"select {HoldOutRow.Columns} from hold_outs where id = @id", new { id }, ct);
        return rows is [var row] ? TypedResults.Ok(row.ToView()) : NotFound(id);
    }

    internal static ProblemHttpResult NotFound(Guid id) =>
        Problem.NotFound("hold-out", $"There is no hold-out {id}. GET {Routes.Ads}/hold-outs lists them.");

    /// <returns>Both in alphabetical order.</returns>
    internal static (string[] Advertised, string[] Held) Draw(string[] regions, double heldShare, Random random)
    {
        random.Shuffle(regions);
        var held = Math.Clamp(
            (int)Math.Round(heldShare * regions.Length),
            HoldOutAnalysis.LeastRegions,
            regions.Length - HoldOutAnalysis.LeastRegions
        );
        return ([.. regions[held..].Order(StringComparer.Ordinal)], [.. regions[..held].Order(StringComparer.Ordinal)]);
    }

    internal static List<FieldError> Check(HoldOutRequest request)
    {
        List<FieldError> errors = [];
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > 200)
            errors.Add(new("name", "Give a name of at most 200 characters."));
        if (string.IsNullOrWhiteSpace(request.Channel) || request.Channel.Length > 100)
            errors.Add(new("channel", "Give the channel as performance rows name it."));
        if (request.Currency is { } currency && !PerformanceRules.IsCurrency(currency))
            errors.Add(new("currency", "Give an ISO 4217 code such as EUR."));
        var regions = (request.Regions ?? []).Select(r => r?.Trim() ?? "").ToArray();
        if (
            regions.Length is < 2 * HoldOutAnalysis.LeastRegions or > Most
            || regions.Distinct().Count() != regions.Length
            || regions.Any(r => r.Length is 0 or > 100)
        )
            errors.Add(
                new("regions", $"Give {2 * HoldOutAnalysis.LeastRegions} to {Most} different names, each of at most 100 characters.")
            );
        if (request.HeldShare is { } share && !(share is > 0 and < 1))
            errors.Add(new("heldShare", "Give a share between 0 and 1: 0.5 holds half of the regions."));
        if (request.StartsOn is not { } first || request.EndsOn is not { } last || last.DayNumber - first.DayNumber is < 6 or > 364)
            errors.Add(new("endsOn", "Give startsOn and endsOn, 7 to 365 days in all: weekdays differ."));
        if (request.DaysBefore is < 7 or > 365)
            errors.Add(new("daysBefore", "Give days from 7 to 365."));
        return errors;
    }

    private const string InsertSql = """
        insert into hold_outs (id, name, channel, currency, starts_on, ends_on, days_before, advertised, held, seed, created_at)
        values (@Id, @Name, @Channel, @Currency, @StartsOn, @EndsOn, @DaysBefore, @Advertised, @Held, @Seed, @CreatedAt)
        """;
}
