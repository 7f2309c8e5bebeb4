namespace MarketingPlatform.AdOptimization.Response;

/// <summary>A shop's weeks of which it is known what each channel brought.</summary>
internal sealed record SimulatedMix(MixData Data, IReadOnlyList<double> TrueRoi);

/// <summary>
/// Weeks of a shop with 3 to 6 channels: a level with trend, seasons and a control that the model is told, channels that are on and off in
/// flights and cost more before the season, and noise. Carry-over, saturation (Hill or logistic by chance) and worth of each channel are
/// drawn anew for each shop, from other distributions than the model's priors.
/// </summary>
internal static class MixSimulation
{
    private static readonly DateOnly FirstWeek = new(2022, 1, 3);

    public static SimulatedMix Of(int weeks, int seed)
    {
        var random = new Random(seed);
        var channels = random.Next(3, 7);
        var level = 50_000 * Math.Exp(random.NextDouble() * 2);
        var season = Enumerable
            .Range(0, weeks)
            .Select(t => Math.Sin(2 * Math.PI * (t / 52.18 + 0.1)) + 0.4 * Math.Cos(4 * Math.PI * t / 52.18))
            .ToArray();
        var swing = 0.05 + 0.15 * random.NextDouble();
        var growth = -0.1 + 0.4 * random.NextDouble();
        var control = Enumerable.Range(0, weeks).Select(_ => Normal(random)).ToArray();
        var target = new double[weeks];
        for (var t = 0; t < weeks; t++)
            target[t] = level * (1 + growth * t / weeks + swing * season[t] + 0.05 * control[t] + 0.04 * Normal(random));

        var series = new NamedSeries[channels];
        var roi = new double[channels];
        for (var c = 0; c < channels; c++)
        {
            var spend = Flights(weeks, level, season, random);
            var response = Responses(spend, random);
            var effect = (0.03 + 0.12 * random.NextDouble()) * level * weeks / response.Sum();
            for (var t = 0; t < weeks; t++)
                target[t] += effect * response[t];
            series[c] = new($"channel{c + 1}", spend);
            roi[c] = effect * response.Sum() / spend.Sum();
        }
        var dates = Enumerable.Range(0, weeks).Select(t => FirstWeek.AddDays(7 * t)).ToArray();
        return new(new(dates, target, series, [new("control", control)]), roi);
    }

    /// <summary>On for some weeks, off for some, with a level of its own each time.</summary>
    private static double[] Flights(int weeks, double level, double[] season, Random random)
    {
        var spend = new double[weeks];
        var typical = level * (0.01 + 0.04 * random.NextDouble());
        var alwaysOn = random.NextDouble() < 0.4;
        for (var t = 0; t < weeks; )
        {
            var isOn = alwaysOn || random.NextDouble() < 0.7;
            var flight = isOn ? Math.Exp(0.6 * Normal(random)) : 0;
            for (var end = Math.Min(weeks, t + random.Next(2, 9)); t < end; t++)
                spend[t] = typical * flight * Math.Exp(0.3 * Normal(random)) * (1 + 0.3 * season[t]);
        }
        return spend;
    }

    private static double[] Responses(double[] spend, Random random)
    {
        var kept = 0.05 + 0.65 * random.NextDouble();
        var mean = spend.Where(s => s > 0).Average();
        var half = mean * (0.5 + 1.5 * random.NextDouble());
        var shape = 0.8 + 0.8 * random.NextDouble();
        ResponseCurve curve = random.Next(2) == 0 ? new HillCurve(1, half, shape) : new LogisticCurve(1, 1 / half);
        var stock = 0.0;
        return [.. spend.Select(s => curve.Return(stock = kept * stock + (1 - kept) * s))];
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
