using MarketingPlatform.AdOptimization.Incrementality;
using MarketingPlatform.AdOptimization.Response;

namespace MarketingPlatform.AdOptimization.Budget.Simulation;

/// <summary>What a simulated market's weeks before the first day say, once for all ninety days.</summary>
/// <param name="Priors">By channel, of each of its cells.</param>
/// <param name="Factors">By channel: what a claimed conversion counts, by the weeks alone.</param>
internal sealed record PastWeeks(IReadOnlyList<WeeklyPrior> Priors, IReadOnlyList<double> Factors)
{
    private const int Recent = 8;

    /// <param name="withHoldOuts">Whether hold-outs calibrate the model.</param>
    public static PastWeeks Learn(int seed, int weeks, bool withHoldOuts)
    {
        var (data, holdOuts, claimed) = new SimulatedMarket(seed).Past(weeks, Recent);
        var fit = MixModel.Fit(data, new(Seed: seed, Recent: Recent), withHoldOuts ? holdOuts : []);
        var channels = fit.Channels.Select(c => WeeklyChannel.Of(c, data, Recent)).ToArray();
        return new(
            [.. channels.Select(c => c.Prior(weeks, 1.0 / SimulatedMarket.Segments, 1))],
            [.. channels.Select((c, i) => IncrementalFactor.Of(c.Recent.Estimate, c.RecentError, (decimal)claimed[i])?.Value ?? 1)]
        );
    }

    public IReadOnlyList<CellHistory> Tell(IReadOnlyList<CellHistory> cells) =>
        [.. cells.Select((cell, i) => cell with { Weekly = Priors[i / SimulatedMarket.Segments] })];
}
