using System.Diagnostics;
using System.Security.Cryptography;
using MarketingPlatform.AdOptimization.Budget.Periods;
using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>Body of <c>POST /api/v1/ads/budget/allocate</c>.</summary>
/// <param name="Total">To spend on the day, in <paramref name="Currency"/> (null: the shop's), with at most two decimals; null takes the day's part
/// of the budget for the period that it is in.</param>
/// <param name="Date">The day to allocate: today at the earliest; null means tomorrow, in the shop's time zone.</param>
/// <param name="MinimumShare">Of the total, for every cell; null spreads <see cref="AdsOptions.ExplorationShare"/> evenly.</param>
/// <param name="MaximumDailyChange">Null means <see cref="AdsOptions.MaximumDailyChange"/>.</param>
/// <param name="Limits">What cells, and channels over all their cells, must and may get.</param>
/// <param name="Caution">0 (what null means) explores what is unsure; up to 10 avoids it the more.</param>
/// <param name="Seed">To repeat a decision; null lets chance decide.</param>
internal sealed record BudgetRequest(
    decimal? Total,
    string? Currency,
    DateOnly? Date,
    double? MinimumShare,
    double? MaximumDailyChange,
    int? Seed,
    IReadOnlyList<LimitWanted?>? Limits = null,
    int? Caution = null
);

/// <summary>
/// <c>POST /api/v1/ads/budget/allocate</c>: divides a day's budget over the cells known from performance, explains each move and stores
/// the decision. It moves no money at an ad platform.
/// </summary>
internal static class AllocateBudget
{
    internal const decimal MaxTotal = 1_000_000_000;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Ads + "/budget/allocate", Handle)
            .RequireScope(Scope.Write)
            .WithName("allocateAdBudget")
            .WithSummary("Divides a day's budget over channels, campaigns and segments.");

    private static async Task<Results<Ok<AllocationView>, ProblemHttpResult>> Handle(
        BudgetRequest request,
        AdsDatabase db,
        IOptions<AdsOptions> options,
        IOptions<Shop> shop,
        ShopDay day,
        TimeProvider clock,
        AdsTelemetry telemetry,
        CancellationToken ct
    )
    {
        if (Check(request, day.Today) is { Count: > 0 } errors)
            return Problem.Invalid([.. errors]);
        var currency = (request.Currency ?? shop.Value.Currency).ToUpperInvariant();
        var date = request.Date ?? day.Today.AddDays(1);

        using var activity = telemetry.StartAllocation();
        await using var work = await db.BeginAsync(ct);
        await work.ExecuteAsync(AdsDatabase.ExclusiveForAllocation, null, ct);
        var inputs = await AllocationInputs.ReadAsync(work, date, options.Value.LookBackDays, currency, day, ct);
        var period = request.Total is null ? await PeriodStore.OfDayAsync(work, date, currency, ct) : null;
        if (request.Total is null && period is null)
            return NoTotal(date, currency);
        if (Refuse(request, inputs.Cells.Count, currency, date, options.Value) is { } refusal)
            return refusal;
        var progress = period is null
            ? null
            : await PeriodReader.ReadAsync(work, period, inputs, date, day.Today, options.Value.HalfLifeDays, date, ct);
        var total = request.Total ?? progress!.Days.Single(d => d.Date == date).Amount / 100m;
        if (total <= 0)
            return NothingLeft(progress!, date);
        LimitWanted[] limits = [.. (request.Limits ?? []).Select(l => l!)];
        if (LimitConflicts.Find(limits, inputs.Cells, total).ToArray() is { Length: > 0 } impossible)
            return Problem.Invalid(impossible);

        var question = new BudgetQuestion(
            (long)(total * 100),
            inputs.Cells,
            inputs.Previous,
            request.MinimumShare ?? options.Value.ExplorationShare / inputs.Cells.Count,
            request.MaximumDailyChange ?? options.Value.MaximumDailyChange,
            options.Value.Draws,
            request.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue),
            new(options.Value.HalfLifeDays, inputs.Reported),
            options.Value.StopLoss,
            LimitWanted.OfCells(limits, (long)(total * 100)),
            request.Caution ?? 0,
            LimitWanted.OfChannels(limits, (long)(total * 100))
        );
        var decision = BudgetDecision.Decide(question);
        var now = clock.GetUtcNow();
        var allocation = new AllocationView(
            Guid.CreateVersion7(now),
            date,
            total,
            currency,
            question.MinimumShare,
            question.MaximumDailyChange,
            BudgetDecision.Method,
            question.Seed,
            question.Draws,
            limits,
            question.Caution,
            date.AddDays(-options.Value.LookBackDays),
            date.AddDays(-1),
            inputs.PreviousId,
            [.. PeriodNote(progress), .. Notes(inputs, currency)],
            Activity.Current?.TraceId.ToString(),
            now,
            [.. decision.Select(cell => AllocatedCell.Of(cell, Explanation.Of(cell, question, currency)))]
        );
        await AllocationStore.AddAsync(work, allocation, ct);
        await work.CommitAsync(ct);
        telemetry.Allocated(currency, allocation.Cells.Count);
        return TypedResults.Ok(allocation);
    }

    internal static List<FieldError> Check(BudgetRequest request, DateOnly today)
    {
        List<FieldError> errors = [];
        if (request.Total is <= 0 or > MaxTotal)
            errors.Add(new("total", $"Give an amount above 0, at most {MaxTotal:F0}."));
        else if (request.Total is { } total && decimal.Round(total, 2) != total)
            errors.Add(new("total", "Give an amount with at most two decimals."));
        if (request.Currency is { } currency && !PerformanceRules.IsCurrency(currency))
            errors.Add(new("currency", "Give an ISO 4217 code such as EUR."));
        if (request.Date < today || request.Date > today.AddYears(1))
            errors.Add(new("date", $"Give a day from today ({today:yyyy-MM-dd}, in the shop's time zone) to a year from now."));
        if (request.MinimumShare is < 0 or > 1)
            errors.Add(new("minimumShare", "Give a share from 0 to 1: 0.02 is two percent of the total for every cell."));
        if (request.MaximumDailyChange is < 0 or > 10)
            errors.Add(new("maximumDailyChange", "Give a number from 0 to 10: 0.2 lets a share move by a fifth of itself."));
        if (request.Caution is < 0 or > 10)
            errors.Add(new("caution", "Give a number from 0 (explore what is unsure) to 10 (avoid it)."));
        errors.AddRange(LimitWanted.Check(request.Limits));
        return errors;
    }

    private static ProblemHttpResult? Refuse(BudgetRequest request, int cells, string currency, DateOnly date, AdsOptions options) =>
        cells switch
        {
            0 => NothingKnown(currency, date, options),
            _ when cells > options.MaximumCells => Problem.Of(
                409,
                "too-many-cells",
                "Too many channels, campaigns and segments",
                $"{cells} cells have performance; at most {options.MaximumCells} are weighed. "
                    + "Report by coarser segments, or raise Ads:MaximumCells."
            ),
            _ when request.MinimumShare * cells > 1 + 1e-9 => Problem.Invalid(
                new FieldError(
                    "minimumShare",
                    $"{cells} cells share the budget: give at most {decimal.Round(1m / cells, 4, MidpointRounding.ToZero)}."
                )
            ),
            _ => null,
        };

    internal static ProblemHttpResult NothingKnown(string currency, DateOnly date, AdsOptions options) =>
        Problem.Of(
            409,
            "no-performance",
            "Nothing is known to put the budget on",
            $"There is no performance in {currency} in the {options.LookBackDays} days before {date:yyyy-MM-dd}: "
                + $"send some with POST {Routes.Ads}/performance."
        );

    private static ProblemHttpResult NoTotal(DateOnly date, string currency) =>
        Problem.Invalid(
            new FieldError(
                "total",
                $"Give an amount above 0, at most {MaxTotal:F0}; or set a budget in {currency} for a period with {date:yyyy-MM-dd} in it "
                    + $"(POST {SteerPeriods.Path})."
            )
        );

    private static ProblemHttpResult NothingLeft(PeriodProgress progress, DateOnly date) =>
        Problem.Of(
            409,
            "period-spent",
            "Nothing is left of the period's budget",
            $"'{progress.Period.Name}' has nothing for {date:yyyy-MM-dd}. {progress.Sentence} Raise its total, or end it and give a total."
        );

    private static IEnumerable<string> PeriodNote(PeriodProgress? progress) =>
        progress is null ? [] : [$"The total is the day's part of '{progress.Period.Name}': {progress.Sentence}"];

    private static List<string> Notes(AllocationInputs inputs, string currency)
    {
        var here = inputs.Cells.Select(c => c.Cell).ToHashSet();
        var gone = (inputs.Previous ?? new Dictionary<Cell, long>()).Where(p => !here.Contains(p.Key));
        return
        [
            .. gone.Select(p => Explanation.OfGone(p.Key, p.Value, currency)),
            .. inputs.OtherCurrencies.Select(cell => $"{cell} is left out: its performance is not in {currency}."),
            .. inputs.Calibrations.Select(calibration => calibration.Sentence),
            .. inputs
                .Weekly.Factors.Keys.Except(inputs.Calibrations.Where(c => c.Segment is null).Select(c => c.Channel))
                .Where(channel => inputs.Cells.Any(c => c.Cell.Channel == channel))
                .Order(StringComparer.Ordinal)
                .Select(inputs.Weekly.SentenceOf),
            .. inputs.HeldRows > 0 ? [HeldNote(inputs.HeldRows)] : Array.Empty<string>(),
        ];
    }

    private static string HeldNote(int rows) =>
        $"{rows} implausible {(rows == 1 ? "row of performance is" : "rows of performance are")} held and not counted: "
        + $"release or refuse them ({Routes.Ads}/performance/held).";
}
