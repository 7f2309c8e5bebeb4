using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.AdOptimization.Budget.Periods;

/// <summary><c>GET /api/v1/ads/budget/periods</c>, newest first, and <c>…/{id}</c>: how much is spent, left, planned and to be expected.</summary>
internal static class ListPeriods
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(SteerPeriods.Path, Handle)
            .RequireScope(Scope.Read)
            .WithName("listBudgetPeriods")
            .WithSummary("Budgets for several days with what is spent, left and forecast, newest first.");
        root.MapGet(SteerPeriods.Path + "/{id:guid}", One)
            .RequireScope(Scope.Read)
            .WithName("showBudgetPeriod")
            .WithSummary("One budget for several days, with what each day is to spend.");
    }

    private static async Task<Results<Ok<Page<PeriodView>>, ProblemHttpResult>> Handle(
        int? limit,
        string? cursor,
        AdsDatabase db,
        IOptions<AdsOptions> options,
        ShopDay day,
        CancellationToken ct
    )
    {
        if (!Limit.TryRead(limit, out var take, out var error))
            return Problem.Invalid(error);
        if (!Cursor.TryRead(cursor, out var before, out var badCursor))
            return Problem.Invalid(badCursor);
        await using var work = await db.BeginAsync(ct);
        List<PeriodView> views = [];
        // Few: a shop has one or two that are not over.
        foreach (var period in await PeriodStore.ListAsync(work, before, take + 1, ct))
            views.Add(await ViewAsync(work, period, options.Value, day, ct));
        return TypedResults.Ok(Pages.Of(views, take, period => period.Id));
    }

    private static async Task<Results<Ok<PeriodView>, ProblemHttpResult>> One(
        Guid id,
        AdsDatabase db,
        IOptions<AdsOptions> options,
        ShopDay day,
        CancellationToken ct
    )
    {
        await using var work = await db.BeginAsync(ct);
        return await PeriodStore.FindAsync(work, id, ct) is { } period
            ? TypedResults.Ok(await ViewAsync(work, period, options.Value, day, ct))
            : NotFound(id);
    }

    internal static async Task<PeriodView> ViewAsync(
        UnitOfWork work,
        BudgetPeriod period,
        AdsOptions options,
        ShopDay day,
        CancellationToken ct
    )
    {
        var (today, learntTo) = (day.Today, day.Today.AddDays(1));
        var isOpen = period.EndedAt is null && period.LastDay >= today;
        var inputs = isOpen ? await AllocationInputs.ReadAsync(work, learntTo, options.LookBackDays, period.Currency, day, ct) : null;
        return PeriodView.Of(await PeriodReader.ReadAsync(work, period, inputs, learntTo, today, options.HalfLifeDays, null, ct));
    }

    internal static ProblemHttpResult NotFound(Guid id) =>
        Problem.NotFound("budget-period", $"There is no budget for several days with id {id}: GET {SteerPeriods.Path} lists them.");
}
