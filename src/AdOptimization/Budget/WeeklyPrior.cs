using MarketingPlatform.AdOptimization.Response;

namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>What weeks of a channel's spend and the shop's sales say of one of its cells, before the cell's own days are looked at.</summary>
/// <remarks>
/// <para>Cells of a channel are taken to share its curve by their spend: a cell with a third of it does with a third of the money a third of
/// what the channel does. Each draw of the weekly model so becomes a curve of the cell. On the grid of shapes it counts for the one whose
/// returns at half and at double the usual spend are likest; there the height has a gamma belief with the draws' mean, and their scatter
/// together with <see cref="Unlike"/>.</para>
/// <para>A robust prior (H. Schmidli et al., "Robust meta-analytic-predictive priors in clinical trials with historical control information",
/// Biometrics 2014): with probability <see cref="Trust"/> the cell is as the weeks say, else it is an ordinary one. The marginal likelihood of
/// its days moves that, so weeks that the days contradict are given up.</para>
/// </remarks>
/// <param name="Weeks">That were looked at.</param>
/// <param name="Roi">What the channel's money returned over them.</param>
/// <param name="Spend">Cents a day that the cell usually spends; above 0.</param>
/// <param name="Curves">Draws: cents a day, caused by cents a day.</param>
internal sealed record WeeklyPrior(int Weeks, Figure Roi, double Spend, IReadOnlyList<HillCurve> Curves)
{
    public const double Trust = 0.5;

    /// <summary>By which part of itself a cell's height differs from its channel's.</summary>
    private const double Unlike = 0.5;

    /// <param name="channel">Cents a day that the channel usually spends, and draws of what they cause.</param>
    /// <param name="share">Of the cell; above 0.</param>
    public static WeeklyPrior Of(int weeks, Figure roi, double channel, IReadOnlyList<HillCurve> curves, double share, double lift) =>
        new(
            weeks,
            roi,
            Math.Max(1, channel * share),
            [.. curves.Select(c => c with { Scale = c.Scale * share * lift, HalfSaturation = Math.Max(1e-6, c.HalfSaturation * share) })]
        );

    /// <param name="grid">Half saturations in cents, and shapes.</param>
    /// <param name="worth">Of a conversion, in cents.</param>
    /// <returns>For each shape its probability, and the gamma belief about conversions a day at unlimited spend.</returns>
    public IReadOnlyList<(double Probability, double Alpha, double Beta)> On(
        IReadOnlyList<(double Half, double Bend, double Probability)> grid,
        double worth
    )
    {
        var bends = grid.Select(g => Bend(spend => CurveLearning.Saturation(spend, g.Half, g.Bend))).ToArray();
        var heights = grid.Select(_ => new List<double>()).ToArray();
        var useful = Curves.Where(c => c.Return(Spend / 2) > 0).ToArray();
        foreach (var curve in useful)
        {
            var bend = Bend(curve.Return);
            var nearest = Enumerable.Range(0, grid.Count).MinBy(i => Distance(bends[i], bend));
            heights[nearest].Add(curve.Return(Spend) / worth / CurveLearning.Saturation(Spend, grid[nearest].Half, grid[nearest].Bend));
        }
        return [.. heights.Select(of => of.Count == 0 ? (0, 1, 1) : Belief(of, useful.Length))];
    }

    private static (double, double, double) Belief(List<double> heights, int all)
    {
        var mean = heights.Average();
        var scatter = heights.Average(h => (h / mean - 1) * (h / mean - 1));
        var alpha = 1 / (scatter + Unlike * Unlike);
        return ((double)heights.Count / all, alpha, alpha / mean);
    }

    /// <returns>Logarithms of what double and half the usual spend do to the return.</returns>
    private (double Up, double Down) Bend(Func<double, double> returns)
    {
        var usual = returns(Spend);
        return (Math.Log(returns(2 * Spend) / usual), Math.Log(usual / returns(Spend / 2)));
    }

    private static double Distance((double Up, double Down) a, (double Up, double Down) b) =>
        (a.Up - b.Up) * (a.Up - b.Up) + (a.Down - b.Down) * (a.Down - b.Down);
}
