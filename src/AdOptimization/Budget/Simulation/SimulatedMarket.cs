using MarketingPlatform.AdOptimization.Budget.Optimum;
using MarketingPlatform.AdOptimization.Response;
using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.AdOptimization.Budget.Simulation;

/// <summary>
/// A market whose truth is known: four channels by three segments, each with its own worth and saturation, drifting from day to day, with
/// weekdays, chance, reports that come late, and ad platforms that claim too much or too little of what they brought.
/// </summary>
internal sealed class SimulatedMarket
{
    public const int Channels = 4;
    public const int Segments = 3;

    /// <summary>A day's budget, in cents.</summary>
    public const long Budget = 100_000;

    /// <summary>A conversion's worth, in cents.</summary>
    public const int Worth = 6_000;

    /// <summary>Chance that a conversion that is not reported yet is so a day later.</summary>
    private const double ReportedEachDay = 0.5;

    private const int LongestDelay = 14;

    /// <summary>Of the truth, which is the same whoever spends.</summary>
    private readonly Random nature;

    /// <summary>Of what happens to spend.</summary>
    private readonly Random chance;

    private readonly int seed;
    private readonly double[] heights;
    private readonly double[] halves;
    private readonly double[] shapes;
    private readonly double[] claims;
    private readonly List<Report>[] reports;

    public SimulatedMarket(int seed)
    {
        this.seed = seed;
        (nature, chance) = (new Random(seed), new Random(seed + 1_000_003));
        var fair = (double)Budget / Count;
        halves = [.. Cells.Select(_ => fair * Math.Exp(Math.Log(0.4) + nature.NextDouble() * Math.Log(12)))];
        shapes = [.. Cells.Select(_ => 0.7 + 0.8 * nature.NextDouble())];
        // A fair share brings from a half to six times what it costs.
        heights =
        [
            .. Cells.Select((_, i) => Math.Exp(Math.Log(2) + 0.7 * Normal()) * fair / new HillCurve(1, halves[i], shapes[i]).Return(fair)),
        ];
        claims = [.. Enumerable.Range(0, Channels).Select(_ => 0.6 + 1.2 * nature.NextDouble())];
        // A hold-out told how much of a channel's claim is true, to about 15 %.
        Incrementality = [.. claims.Select(claim => Math.Exp(0.15 * Normal()) / claim)];
        reports = [.. Cells.Select(_ => new List<Report>())];
    }

    private sealed record Report(int Day, decimal Spend, int[] ConversionsByDelay);

    public static IReadOnlyList<Cell> Cells { get; } =
    [.. Enumerable.Range(0, Channels * Segments).Select(i => new Cell($"channel{i / Segments}", "", $"segment{i % Segments}"))];

    public static int Count => Cells.Count;

    /// <value>By channel: which part of a claimed conversion would not have come without the ad, as measured.</value>
    public IReadOnlyList<double> Incrementality { get; }

    /// <value>Part of a day's conversions that is reported after so many days.</value>
    public static IReadOnlyList<double> Reported { get; } =
    [.. Enumerable.Range(0, LongestDelay).Select(age => 1 - Math.Pow(1 - ReportedEachDay, age + 1))];

    /// <summary>
    /// Weeks before the first day, as a shop's books have them: sales of every kind, with seasons and chance, and what was spent on each
    /// channel, which somebody changed from week to week. The truth drifted then as it does later.
    /// </summary>
    /// <returns>The weeks, and a hold-out of the last four of them for each channel, as sure as <see cref="Incrementality"/>.</returns>
    public (MixData Weeks, IReadOnlyList<LiftTest> HoldOuts, IReadOnlyList<double> Claimed) Past(int weeks, int recent)
    {
        var random = new Random(seed + 2_000_003);
        var past = (double[])heights.Clone();
        var fair = (double)Budget / Count;
        var level = 2 * 7 * Return([.. Cells.Select(_ => fair)]) / 100;
        var (spend, caused, sales) = (Grid(), Grid(), new double[weeks]);
        for (var week = weeks - 1; week >= 0; week--)
        {
            sales[week] = level * (1 + 0.1 * Math.Sin(2 * Math.PI * week / 52.18) + 0.04 * Chance());
            for (var c = 0; c < Channels; c++)
            {
                var more = Math.Exp(0.5 * Chance());
                for (var day = 0; day < 7; day++)
                for (var i = c * Segments; i < (c + 1) * Segments; i++)
                {
                    spend[c][week] += fair * more / 100;
                    caused[c][week] += new HillCurve(past[i], halves[i], shapes[i]).Return(fair * more) / 100;
                    past[i] *= Math.Exp(-0.02 * Chance());
                }
                sales[week] += caused[c][week];
            }
        }
        DateOnly[] dates = [.. Enumerable.Range(0, weeks).Select(w => new DateOnly(2024, 1, 1).AddDays(7 * w))];
        return (
            new(dates, sales, [.. spend.Select((s, c) => new NamedSeries($"channel{c}", s))], []),
            [
                .. caused.Select(
                    (of, c) =>
                    {
                        var found = of.TakeLast(4).Sum() * Incrementality[c] * claims[c];
                        return new LiftTest($"channel{c}", weeks - 4, weeks - 1, found, 0.15 * found);
                    }
                ),
            ],
            [.. caused.Select((of, c) => of.TakeLast(recent).Sum() * claims[c])]
        );

        double[][] Grid() => [.. Enumerable.Range(0, Channels).Select(_ => new double[weeks])];

        double Chance() => NormalDistribution.Quantile(Math.Clamp(random.NextDouble(), 1e-12, 1 - 1e-12));
    }

    /// <returns>What spending these cents brings in cents, in truth and on average.</returns>
    public double Return(IReadOnlyList<double> cents) => cents.Select((c, i) => Truth(i).Return(c)).Sum();

    /// <returns>The best division of the budget on this day.</returns>
    public double[] Omniscient() =>
        [.. BudgetOptimiser.Solve([.. Cells.Select((_, i) => new SpendCell("", Truth(i), 0, Budget))], Budget).Cells.Select(c => c.Spend)];

    /// <summary>Spends a day's money; what it brought is reported little by little.</summary>
    public void Spend(int day, IReadOnlyList<double> cents)
    {
        var weekday = 1 + 0.15 * Math.Sin(2 * Math.PI * day / 7);
        for (var i = 0; i < Count; i++)
        {
            var mean = Truth(i).Return(cents[i]) / Worth * weekday * claims[i / Segments];
            var byDelay = new int[LongestDelay];
            for (var left = Poisson(mean); left > 0; left--)
                byDelay[Delay()]++;
            reports[i].Add(new(day, (decimal)cents[i] / 100, byDelay));
        }
    }

    /// <summary>Nothing stays as it is: a fifth of a tenth a day.</summary>
    public void Drift()
    {
        for (var i = 0; i < Count; i++)
            heights[i] *= Math.Exp(0.02 * Normal());
    }

    /// <summary>What the ad platforms say on the morning of a day.</summary>
    public IReadOnlyList<CellHistory> Claimed(int day) => [.. Cells.Select((cell, i) => new CellHistory(cell, Days(i, day, 1)))];

    /// <summary>The same with conversions counted for what the hold-outs found them to be.</summary>
    public IReadOnlyList<CellHistory> Incremental(int day) => Claimed(day, Incrementality);

    /// <param name="factors">By channel: what a claimed conversion counts.</param>
    public IReadOnlyList<CellHistory> Claimed(int day, IReadOnlyList<double> factors) =>
        [.. Cells.Select((cell, i) => new CellHistory(cell, Days(i, day, factors[i / Segments])))];

    private CellDay[] Days(int cell, int day, double factor) =>
        [
            .. reports[cell]
                .Select(r =>
                {
                    var age = day - r.Day;
                    var conversions = r.ConversionsByDelay.Take(age + 1).Sum();
                    return new CellDay(age, r.Spend, 0, 0, conversions, (decimal)(conversions * factor * Worth / 100));
                }),
        ];

    private HillCurve Truth(int cell) => new(heights[cell], halves[cell], shapes[cell]);

    private int Delay()
    {
        var delay = 0;
        while (delay < LongestDelay - 1 && chance.NextDouble() >= ReportedEachDay)
            delay++;
        return delay;
    }

    private int Poisson(double mean)
    {
        // The number of arrivals in a unit of time, by their gaps.
        var (count, time) = (0, Gap());
        while (time < mean)
        {
            count++;
            time += Gap();
        }
        return count;

        double Gap() => -Math.Log(1 - chance.NextDouble());
    }

    private double Normal() => NormalDistribution.Quantile(Math.Clamp(nature.NextDouble(), 1e-12, 1 - 1e-12));
}
