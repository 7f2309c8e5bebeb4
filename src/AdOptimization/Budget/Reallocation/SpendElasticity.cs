namespace MarketingPlatform.AdOptimization.Budget.Reallocation;

/// <summary>
/// How sales follow spend over the ads of a report: log mean = intercept + elasticity · log spend + an effect of each group (age, gender, …).
/// Poisson regression by Newton's method, the group effects pulled towards none by a ridge.
/// </summary>
/// <remarks>
/// Ads differ in more than their spend, so this is a description of the report and no experiment: a plan that follows from it is a
/// proposal to test.
/// </remarks>
internal sealed class SpendElasticity
{
    /// <summary>Prior precision of a group's effect: its standard deviation is a half, a factor of 1.6 up or down.</summary>
    private const double Ridge = 4;

    private readonly double[] coefficients;
    private readonly Dictionary<(int Column, string Value), int> places;

    private SpendElasticity(double[] coefficients, Dictionary<(int, string), int> places) =>
        (this.coefficients, this.places) = (coefficients, places);

    /// <value>By how many percent sales rise where spend rises by one; held between 0.05 and 1, where more spend brings more, ever slower.</value>
    public double Elasticity => Math.Clamp(coefficients[1], 0.05, 1);

    /// <param name="weights">How much each ad counts: 1, or 0 where it is left out.</param>
    public static SpendElasticity Fit(IReadOnlyList<AdRow> ads, IReadOnlyList<double> weights)
    {
        var places = new Dictionary<(int, string), int>();
        foreach (var ad in ads)
            for (var column = 0; column < ad.Groups.Count; column++)
                places.TryAdd((column, ad.Groups[column]), 2 + places.Count);
        var n = 2 + places.Count;
        var sales = ads.Zip(weights, (ad, w) => ad.Sales * w).Sum() + 0.5;
        var coefficients = new double[n];
        coefficients[1] = 0.5;
        coefficients[0] = Math.Log(sales / Math.Max(1e-9, ads.Zip(weights, (ad, w) => w * Math.Sqrt(ad.Spend)).Sum()));
        for (var step = 0; step < 30; step++)
            if (Newton(ads, weights, coefficients, places) < 1e-8)
                break;
        return new(coefficients, places);
    }

    /// <returns>Expected sales of an ad with spend 1 in these groups.</returns>
    public double Level(IReadOnlyList<string> groups)
    {
        var sum = coefficients[0];
        for (var column = 0; column < groups.Count; column++)
            sum += places.TryGetValue((column, groups[column]), out var place) ? coefficients[place] : 0;
        return Math.Exp(sum);
    }

    private static double Newton(
        IReadOnlyList<AdRow> ads,
        IReadOnlyList<double> weights,
        double[] coefficients,
        Dictionary<(int, string), int> places
    )
    {
        var n = coefficients.Length;
        var (gradient, information) = (new double[n], new double[n, n]);
        for (var i = 0; i < n; i++)
        {
            var precision = i < 2 ? 1e-6 : Ridge;
            gradient[i] = -precision * coefficients[i];
            information[i, i] = precision;
        }
        Span<int> used = stackalloc int[2 + ads[0].Groups.Count];
        for (var a = 0; a < ads.Count; a++)
        {
            var ad = ads[a];
            if (ad.Spend <= 0 || weights[a] == 0)
                continue;
            (used[0], used[1]) = (0, 1);
            var log = Math.Log(ad.Spend);
            var predictor = coefficients[0] + coefficients[1] * log;
            for (var column = 0; column < ad.Groups.Count; column++)
            {
                used[2 + column] = places[(column, ad.Groups[column])];
                predictor += coefficients[used[2 + column]];
            }
            var mean = Math.Exp(Math.Min(predictor, 50));
            foreach (var i in used)
            {
                var x = i == 1 ? log : 1;
                gradient[i] += weights[a] * (ad.Sales - mean) * x;
                foreach (var j in used)
                    information[i, j] += weights[a] * mean * x * (j == 1 ? log : 1);
            }
        }
        var change = Cholesky.Solve(information, gradient);
        var most = change.Max(Math.Abs);
        var damping = most > 2 ? 2 / most : 1;
        for (var i = 0; i < n; i++)
            coefficients[i] += damping * change[i];
        return most;
    }
}
