using MarketingPlatform.AdOptimization.Response;
using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>One shape that a cell's response may have, and what is believed of its height if it has.</summary>
/// <param name="HalfSaturation">Spend a day, in cents.</param>
/// <param name="Weight">Probability of this shape; they sum to 1.</param>
/// <param name="Alpha">With <paramref name="Beta"/> the gamma belief (shape, rate) about conversions a day at unlimited spend.</param>
/// <param name="Weekly">Whether it began as the weekly model of its channel says (<see cref="WeeklyPrior"/>).</param>
internal readonly record struct ShapeBelief(
    double HalfSaturation,
    double Shape,
    double Weight,
    double Alpha,
    double Beta,
    bool Weekly = false
);

/// <summary>
/// What is believed of a cell: how its conversions a day follow from a day's spend, as a mixture of Hill curves, and what one is worth.
/// </summary>
/// <remarks>
/// Conversions of a day are Poisson with mean height · saturation(spend) · (part of them reported by now). On a grid of shapes the height
/// has a gamma prior and so a gamma posterior, and a shape's weight is its marginal likelihood: exact, with no search. Days count less
/// the older they are (half-life), because markets drift. Counts that scatter more than Poisson ones count less, by their dispersion.
/// </remarks>
/// <param name="Worth">Of a conversion, in cents; above 0. 100 for all where no value is known, so that conversions are compared.</param>
internal sealed record CurveBelief(CellHistory History, IReadOnlyList<ShapeBelief> Shapes, double Worth)
{
    /// <value>What is expected at each spend: the mean of all curves that may be true, and as concave as they are.</value>
    public ResponseCurve Expected => new MixedCurve([.. Shapes.Where(s => s.Weight > 1e-4).Select(s => (s.Weight, Mean(s)))]);

    /// <value>Which part of the belief follows the weekly model; the days decide that, beginning at a half.</value>
    public double WeeklyShare => Shapes.Where(s => s.Weekly).Sum(s => s.Weight);

    /// <summary>Expected return of a day, in cents.</summary>
    public double Return(double spend) => Shapes.Sum(s => Mean(s).Return(spend) * s.Weight);

    /// <summary>What the next cent is expected to return, in cents.</summary>
    public double Marginal(double spend) => Shapes.Sum(s => Mean(s).Marginal(spend) * s.Weight);

    /// <summary>One curve that may be the true one, as probable as it is believed to be.</summary>
    public ResponseCurve Sample(Random random)
    {
        var left = random.NextDouble();
        var chosen = Shapes[^1];
        foreach (var shape in Shapes)
        {
            left -= shape.Weight;
            if (left > 0)
                continue;
            chosen = shape;
            break;
        }
        var height = Math.Exp(GammaDistribution.SampleLog(chosen.Alpha, random)) / chosen.Beta;
        return new HillCurve(height * Worth, chosen.HalfSaturation, chosen.Shape);
    }

    private HillCurve Mean(ShapeBelief shape) => new(shape.Alpha / shape.Beta * Worth, shape.HalfSaturation, shape.Shape);
}
