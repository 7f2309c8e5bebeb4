using MarketingPlatform.AdOptimization.Budget.Optimum;

namespace MarketingPlatform.AdOptimization.Budget.Periods;

/// <summary>What the next euro of a whole day's budget returns, at several totals: from it follows how much more a better day deserves.</summary>
/// <remarks>
/// At equal marginal value a day on which the same spend brings k times as much spends until its marginal return is 1/k of an ordinary
/// day's. Between the totals that were weighed the marginal return is taken to be straight on logarithms, as of a power curve.
/// </remarks>
/// <param name="Points">Logarithms of total and marginal return; the first rise, the second fall. None: nothing is known.</param>
internal sealed record DayResponse(IReadOnlyList<(double Spend, double Marginal)> Points)
{
    private static readonly double[] Multiples = [0.25, 0.5, 1, 2, 4];

    public static readonly DayResponse Unknown = new([]);

    /// <param name="usual">Cents of an ordinary day; above 0.</param>
    public static DayResponse Of(IReadOnlyList<CurveBelief> beliefs, double usual)
    {
        List<(double Spend, double Marginal)> points = [];
        foreach (var total in Multiples.Select(m => m * usual))
        {
            var price = BudgetOptimiser.Solve([.. beliefs.Select(b => new SpendCell("", b.Expected, 0, 2 * total))], total).Price;
            if (price > 0 && (points.Count == 0 || Math.Log(price) < points[^1].Marginal - 1e-6))
                points.Add((Math.Log(total), Math.Log(price)));
        }
        return new(points.Count > 1 ? points : []);
    }

    /// <returns>Cents of a day that returns <paramref name="factor"/> times as much where an ordinary one spends <paramref name="usual"/>;
    /// from a quarter to four times that, because further away nothing was weighed.</returns>
    public double SpendOf(double usual, double factor)
    {
        if (factor == 1 || Points.Count == 0 || usual <= 0)
            return usual;
        var at = Math.Log(usual);
        var wanted = Interpolate(at, p => p.Spend, p => p.Marginal) - Math.Log(factor);
        var spend = Interpolate(wanted, p => p.Marginal, p => p.Spend);
        return usual * Math.Exp(Math.Clamp(spend - at, Math.Log(Multiples[0]), Math.Log(Multiples[^1])));
    }

    /// <summary>Along the piece that the value lies on, or the nearest one.</summary>
    private double Interpolate(
        double x,
        Func<(double Spend, double Marginal), double> from,
        Func<(double Spend, double Marginal), double> to
    )
    {
        var rises = from(Points[1]) > from(Points[0]);
        var piece = 1;
        while (piece < Points.Count - 1 && (rises ? x > from(Points[piece]) : x < from(Points[piece])))
            piece++;
        var (before, after) = (Points[piece - 1], Points[piece]);
        return to(before) + (x - from(before)) / (from(after) - from(before)) * (to(after) - to(before));
    }
}
