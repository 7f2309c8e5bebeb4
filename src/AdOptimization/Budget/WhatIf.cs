using MarketingPlatform.AdOptimization.Budget.Optimum;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.AdOptimization.Budget;

/// <param name="Total">A day's budget.</param>
/// <param name="ExpectedReturn">Of its best division, as believed now; guardrails left aside.</param>
/// <param name="MarginalReturn">Of another unit of money.</param>
internal sealed record BudgetPossibility(decimal Total, double ExpectedReturn, double MarginalReturn, IReadOnlyList<PossibleCell> Cells);

internal sealed record PossibleCell(string Cell, double Amount, double ExpectedReturn, double MarginalReturn);

/// <param name="SameForLess">The smallest budget whose best division is expected to return what the newest allocation is; null where there
/// is none yet.</param>
internal sealed record WhatIfAnswer(
    string Currency,
    DateOnly Date,
    double? ReturnOfNewest,
    double? SameForLess,
    IReadOnlyList<BudgetPossibility> Possibilities
);

/// <summary><c>GET /api/v1/ads/budget/what-if?totals=100,200&amp;currency=</c>: what other budgets would return, and the same result at least cost.</summary>
internal static class WhatIf
{
    private const int MostTotals = 20;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Ads + "/budget/what-if", Handle)
            .RequireScope(Scope.Read)
            .WithName("adBudgetWhatIf")
            .WithSummary("What other daily budgets would return, and the same result at least cost.");

    private static async Task<Results<Ok<WhatIfAnswer>, ProblemHttpResult>> Handle(
        string? totals,
        string? currency,
        AdsDatabase db,
        IOptions<AdsOptions> options,
        IOptions<Shop> shop,
        ShopDay day,
        CancellationToken ct
    )
    {
        if (Totals(totals) is not { Length: > 0 and <= MostTotals } budgets)
            return Problem.Invalid(new FieldError("totals", $"Give 1 to {MostTotals} amounts above 0, such as totals=100,200.50."));
        if (currency is not null && !Performance.PerformanceRules.IsCurrency(currency))
            return Problem.Invalid(new FieldError("currency", "Give an ISO 4217 code such as EUR."));
        var money = (currency ?? shop.Value.Currency).ToUpperInvariant();
        var date = day.Today.AddDays(1);
        await using var work = await db.BeginAsync(ct);
        var inputs = await AllocationInputs.ReadAsync(work, date, options.Value.LookBackDays, money, day, ct);
        if (inputs.Cells.Count == 0)
            return AllocateBudget.NothingKnown(money, date, options.Value);
        return TypedResults.Ok(Answer(inputs, budgets, money, date, options.Value.HalfLifeDays));
    }

    internal static WhatIfAnswer Answer(AllocationInputs inputs, decimal[] budgets, string currency, DateOnly date, double halfLife)
    {
        var before = inputs.Previous?.Values.Sum() ?? 0;
        // One set of beliefs for all budgets: they must differ by money alone.
        var scale = before > 0 ? before : (double)budgets.Max() * 100;
        var beliefs = CurveLearning.Learn(inputs.Cells, Math.Max(1, scale / inputs.Cells.Count), new(halfLife, inputs.Reported));
        double? newest = before > 0 ? beliefs.Sum(b => b.Return(inputs.Previous!.GetValueOrDefault(b.History.Cell))) / 100 : null;
        return new(
            currency,
            date,
            newest,
            newest is { } goal ? LeastFor(beliefs, goal * 100, before) / 100 : null,
            [
                .. budgets.Select(total =>
                {
                    var best = Solve(beliefs, (double)total * 100);
                    return new BudgetPossibility(
                        total,
                        best.Return / 100,
                        Math.Min(best.NextReturn, 1e9),
                        [.. best.Cells.Select(c => new PossibleCell(c.Cell.Name, c.Spend / 100, c.Return / 100, Math.Min(c.Marginal, 1e9)))]
                    );
                }),
            ]
        );
    }

    private static OptimalBudget Solve(IReadOnlyList<CurveBelief> beliefs, double cents) =>
        BudgetOptimiser.Solve([.. beliefs.Select(b => new SpendCell(b.History.Cell.ToString(), b.Expected, 0, cents))], cents);

    /// <returns>Cents; the best return rises with the budget, so it is found by halving.</returns>
    private static double LeastFor(IReadOnlyList<CurveBelief> beliefs, double goal, double most)
    {
        var (low, high) = (0.0, most);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (Solve(beliefs, middle).Return < goal)
                low = middle;
            else
                high = middle;
        }
        return high;
    }

    private static decimal[] Totals(string? text)
    {
        var parts = (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var read = new List<decimal>();
        foreach (var part in parts)
            if (
                decimal.TryParse(
                    part,
                    System.Globalization.NumberStyles.Number,
                    System.Globalization.CultureInfo.InvariantCulture,
                    out var total
                ) && total is > 0 and <= AllocateBudget.MaxTotal
            )
                read.Add(total);
            else
                return [];
        return [.. read];
    }
}
