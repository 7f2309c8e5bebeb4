using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.AdOptimization.Response;

/// <summary>
/// <c>POST /api/v1/ads/response?currency=</c> fits the weekly model now (it is fitted by itself when a week is over), <c>GET</c> shows the
/// newest: what the shop's own sales say of each channel. Budgets begin with it (<see cref="Budget.WeeklyPrior"/>).
/// </summary>
internal static class LearnResponse
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapPost(Routes.Ads + "/response", Learn)
            .RequireScope(Scope.Write)
            .WithName("learnAdResponse")
            .WithSummary("Fits the weekly response model to the shop's sales and the spend of its channels, now.");
        root.MapGet(Routes.Ads + "/response", Show)
            .RequireScope(Scope.Read)
            .WithName("showAdResponse")
            .WithSummary("The newest weekly response model: carry-over, saturation and return of each channel, with intervals.");
    }

    private static async Task<Results<Ok<ResponseModel>, ProblemHttpResult>> Learn(
        string? currency,
        AdsDatabase db,
        IOptions<AdsOptions> options,
        IOptions<Shop> shop,
        ShopDay day,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (currency is not null && !PerformanceRules.IsCurrency(currency))
            return BadCurrency();
        var money = (currency ?? shop.Value.Currency).ToUpperInvariant();
        var (weeks, missing) = await ShopWeeks.ReadAsync(db, money, day.Today, day, options.Value.ResponseWeeks, ct);
        if (weeks is null)
            return Problem.Of(409, "too-few-weeks", "There are not enough weeks to learn from", missing!);
        // Seconds of computing, beside the threads that answer requests.
        var model = await Task.Run(() => ResponseModel.Fit(weeks, money, clock.GetUtcNow()), ct);
        await ResponseModel.StoreAsync(db, model, ct);
        return TypedResults.Ok(model);
    }

    private static async Task<Results<Ok<ResponseModel>, ProblemHttpResult>> Show(
        string? currency,
        AdsDatabase db,
        IOptions<AdsOptions> options,
        IOptions<Shop> shop,
        ShopDay day,
        CancellationToken ct
    )
    {
        if (currency is not null && !PerformanceRules.IsCurrency(currency))
            return BadCurrency();
        var money = (currency ?? shop.Value.Currency).ToUpperInvariant();
        await using var work = await db.BeginAsync(ct);
        if (await ResponseModel.ReadAsync(work, money, day.Today, ct) is { } model)
            return TypedResults.Ok(model);
        var (_, missing) = await ShopWeeks.ReadAsync(db, money, day.Today, day, options.Value.ResponseWeeks, ct);
        return Problem.NotFound(
            "response-model",
            missing ?? $"It was not fitted yet: it is within hours of a week's end, or at once by POST {Routes.Ads}/response."
        );
    }

    private static ProblemHttpResult BadCurrency() => Problem.Invalid(new FieldError("currency", "Give an ISO 4217 code such as EUR."));
}
