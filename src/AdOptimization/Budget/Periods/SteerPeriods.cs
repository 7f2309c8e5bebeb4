using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.AdOptimization.Budget.Periods;

/// <summary>
/// <c>POST /api/v1/ads/budget/periods</c> sets a budget for several days, <c>PUT …/{id}</c> changes it, <c>POST …/{id}/end</c> ends it. Days that
/// are divided without a total take theirs from it.
/// </summary>
internal static class SteerPeriods
{
    internal const string Path = Routes.Ads + "/budget/periods";

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapPost(Path, Create)
            .RequireScope(Scope.Write)
            .WithName("createBudgetPeriod")
            .WithSummary("Sets how much to spend from one day to another.");
        root.MapPut(Path + "/{id:guid}", Change)
            .RequireScope(Scope.Write)
            .WithName("changeBudgetPeriod")
            .WithSummary("Changes a period's total, days or name; what is left is spread anew.");
        root.MapPost(Path + "/{id:guid}/end", End)
            .RequireScope(Scope.Write)
            .WithName("endBudgetPeriod")
            .WithSummary("Ends a period: it plans no day any more.");
    }

    private static async Task<Results<Created<PeriodView>, ProblemHttpResult>> Create(
        PeriodRequest request,
        AdsDatabase db,
        IOptions<AdsOptions> options,
        IOptions<Shop> shop,
        ShopDay day,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (request.Check(day.Today).ToArray() is { Length: > 0 } errors)
            return Problem.Invalid(errors);
        var now = clock.GetUtcNow();
        await using var work = await db.BeginAsync(ct);
        await work.ExecuteAsync(AdsDatabase.ExclusiveForAllocation, null, ct);
        var period = Wanted(
            request,
            new(Guid.CreateVersion7(now), "", "", default, default, 0, 0, now, now, null),
            shop.Value,
            options.Value
        );
        if (await Saved(work, period, ct) is { } refusal)
            return refusal;
        var view = await ListPeriods.ViewAsync(work, period, options.Value, day, ct);
        await work.CommitAsync(ct);
        return TypedResults.Created($"{Path}/{period.Id}", view);
    }

    private static async Task<Results<Ok<PeriodView>, ProblemHttpResult>> Change(
        Guid id,
        PeriodRequest request,
        AdsDatabase db,
        IOptions<AdsOptions> options,
        IOptions<Shop> shop,
        ShopDay day,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (request.Check(day.Today).ToArray() is { Length: > 0 } errors)
            return Problem.Invalid(errors);
        await using var work = await db.BeginAsync(ct);
        await work.ExecuteAsync(AdsDatabase.ExclusiveForAllocation, null, ct);
        if (await PeriodStore.FindAsync(work, id, ct) is not { } was)
            return ListPeriods.NotFound(id);
        if (was.EndedAt is not null || was.LastDay < day.Today)
            return Problem.Of(409, "period-over", "The period is over", $"It changes no more: set another with POST {Path}.");
        var period = Wanted(request, was with { ChangedAt = clock.GetUtcNow() }, shop.Value, options.Value);
        if (await Saved(work, period, ct) is { } refusal)
            return refusal;
        var view = await ListPeriods.ViewAsync(work, period, options.Value, day, ct);
        await work.CommitAsync(ct);
        return TypedResults.Ok(view);
    }

    private static async Task<Results<Ok<PeriodView>, ProblemHttpResult>> End(
        Guid id,
        AdsDatabase db,
        IOptions<AdsOptions> options,
        ShopDay day,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        await using var work = await db.BeginAsync(ct);
        await work.ExecuteAsync(AdsDatabase.ExclusiveForAllocation, null, ct);
        if (await PeriodStore.FindAsync(work, id, ct) is not { } was)
            return ListPeriods.NotFound(id);
        var ended = was with { EndedAt = was.EndedAt ?? clock.GetUtcNow() };
        await PeriodStore.SaveAsync(work, ended, ct);
        var view = await ListPeriods.ViewAsync(work, ended, options.Value, day, ct);
        await work.CommitAsync(ct);
        return TypedResults.Ok(view);
    }

    private static BudgetPeriod Wanted(PeriodRequest request, BudgetPeriod period, Shop shop, AdsOptions options) =>
        period with
        {
            Name = request.Name!.Trim(),
            Currency = (request.Currency ?? (period.Currency.Length > 0 ? period.Currency : shop.Currency)).ToUpperInvariant(),
            FirstDay = request.FirstDay!.Value,
            LastDay = request.LastDay!.Value,
            Total = request.Total!.Value,
            MaximumDailyChange = request.MaximumDailyChange ?? (period.Total > 0 ? period.MaximumDailyChange : options.MaximumDailyChange),
        };

    private static async Task<ProblemHttpResult?> Saved(UnitOfWork work, BudgetPeriod period, CancellationToken ct)
    {
        if (await PeriodStore.OverlapAsync(work, period, ct) is { } other)
            return Problem.Of(
                409,
                "period-overlaps",
                "Another period plans some of these days",
                $"'{other.Name}' is from {other.FirstDay:yyyy-MM-dd} to {other.LastDay:yyyy-MM-dd} in {other.Currency}: end it, or choose other days."
            );
        await PeriodStore.SaveAsync(work, period, ct);
        return null;
    }
}
