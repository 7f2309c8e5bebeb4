namespace MarketingPlatform.AdOptimization.Response;

/// <summary>A figure with the interval that holds it with the stated probability.</summary>
internal sealed record Figure(double Estimate, double Lower, double Upper)
{
    public const double Confidence = 0.9;

    /// <summary>Median, 5 % and 95 % of draws.</summary>
    public static Figure Of(IEnumerable<double> draws)
    {
        double[] sorted = [.. draws.Order()];
        return new(At(0.5), At(0.05), At(0.95));

        double At(double p)
        {
            var place = p * (sorted.Length - 1);
            var below = (int)place;
            return sorted[below] + (place - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]);
        }
    }
}

/// <param name="Parameters">By name: adstock, halfSaturation, shape, …</param>
/// <param name="Contribution">To the target, over all periods.</param>
/// <param name="Share">Of the target.</param>
/// <param name="Roi">Contribution for each unit of spend.</param>
/// <param name="MarginalRoi">Of the next unit of constant spend, at the mean spend of a period.</param>
/// <param name="Recent">Contribution of the newest periods that were asked for.</param>
/// <param name="Curves">What constant spend returns in a period: some draws, to plan under uncertainty.</param>
internal sealed record ChannelResponse(
    string Channel,
    double Spend,
    IReadOnlyDictionary<string, Figure> Parameters,
    Figure Contribution,
    Figure Share,
    Figure Roi,
    Figure MarginalRoi,
    Figure Recent,
    IReadOnlyList<ResponseCurve> Curves
);

/// <param name="RSquared">Of the target's variance.</param>
/// <param name="WorstMixing">Gelman and Rubin's R-hat of the worst channel's contribution; above 1.05 the chains disagree.</param>
internal sealed record MixFit(IReadOnlyList<ChannelResponse> Channels, double RSquared, double WorstMixing, int Draws);

/// <summary>How to fit.</summary>
/// <param name="Seasons">Fourier pairs of the year in the baseline; none where the data span less than a year.</param>
/// <param name="Chains">Independent ones; they run side by side.</param>
/// <param name="Warmup">Draws of each chain that are thrown away.</param>
/// <param name="Kept">Draws of each chain that count.</param>
/// <param name="Recent">Newest periods whose contribution is told apart.</param>
internal sealed record MixOptions(
    Carryover Carryover = Carryover.Geometric,
    Saturation Saturation = Saturation.Hill,
    int Seasons = 2,
    int Chains = 4,
    int Warmup = 400,
    int Kept = 800,
    int Seed = 1,
    int Recent = 0
);

/// <summary>
/// A Bayesian marketing mix model: what each channel's spend brought, with uncertainty. The model follows Jin et al., "Bayesian Methods for
/// Media Mix Modeling with Carryover and Shape Effects" (Google 2017), with normalised carry-over; <see cref="MixSampler"/> says how it is
/// sampled.
/// </summary>
internal static class MixModel
{
    private const int CurvesKept = 100;

    public static MixFit Fit(MixData data, MixOptions options, IReadOnlyList<LiftTest>? tests = null)
    {
        var days = data.Dates[^1].DayNumber - data.Dates[0].DayNumber;
        var baseline = new Baseline(data, days >= 350 ? options.Seasons : 0);
        var shape = new ChannelShape(options.Carryover, options.Saturation);
        var chains = new MixDraw[options.Chains][];
        var residuals = new double[options.Chains][];
        double[] units = [];
        Parallel.For(
            0,
            options.Chains,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            chain =>
            {
                var sampler = new MixSampler(data, shape, baseline, tests ?? [], new Random(HashCode(options.Seed, chain)), options.Recent);
                for (var i = 0; i < options.Warmup; i++)
                    sampler.Step();
                var mean = new double[data.Periods];
                var draws = new MixDraw[options.Kept];
                for (var i = 0; i < draws.Length; i++)
                {
                    draws[i] = sampler.Step();
                    Vectors.AddScaled(mean, sampler.Residual, 1.0 / options.Kept);
                }
                (chains[chain], residuals[chain]) = (draws, mean);
                if (chain == 0)
                    units = sampler.Units;
            }
        );
        MixDraw[] all = [.. chains.SelectMany(c => c)];
        return new(
            [.. data.Channels.Select((channel, c) => Response(data, channel, c, shape, units[c], all))],
            RSquared(data.Target, residuals),
            data.Channels.Select((_, c) => Mixing(chains, d => d.Contributions[c])).Max(),
            all.Length
        );
    }

    private static ChannelResponse Response(MixData data, NamedSeries channel, int c, ChannelShape shape, double unit, MixDraw[] draws)
    {
        var (spend, target) = (channel.Values.Sum(), data.Target.Sum());
        var natural = draws.Select(d => shape.Natural(d.Shapes[c], unit)).ToArray();
        var mean = spend / data.Periods;
        return new(
            channel.Name,
            spend,
            natural[0].Select((p, i) => (p.Name, i)).ToDictionary(p => p.Name, p => Figure.Of(natural.Select(n => n[p.i].Value))),
            Figure.Of(draws.Select(d => d.Contributions[c])),
            Figure.Of(draws.Select(d => d.Contributions[c] / target)),
            Figure.Of(draws.Select(d => d.Contributions[c] / spend)),
            Figure.Of(draws.Select(d => shape.Curve(d.Shapes[c], d.Effects[c], unit).Marginal(mean))),
            Figure.Of(draws.Select(d => d.Recent[c])),
            [
                .. Enumerable
                    .Range(0, Math.Min(CurvesKept, draws.Length))
                    .Select(i => draws[i * (draws.Length / Math.Min(CurvesKept, draws.Length))])
                    .Select(d => shape.Curve(d.Shapes[c], d.Effects[c], unit)),
            ]
        );
    }

    private static double RSquared(double[] target, double[][] residuals)
    {
        var mean = target.Average();
        var total = target.Sum(y => (y - mean) * (y - mean));
        var left = Enumerable.Range(0, target.Length).Sum(t => Math.Pow(residuals.Average(r => r[t]), 2));
        return total > 0 ? 1 - left / total : 0;
    }

    /// <summary>Split R-hat (Gelman et al., Bayesian Data Analysis, 3rd edition, 11.4): each chain counts as two.</summary>
    internal static double Mixing(MixDraw[][] chains, Func<MixDraw, double> of)
    {
        double[][] halves =
        [
            .. chains.SelectMany(c =>
                (double[][])
                    [
                        [.. c.Take(c.Length / 2).Select(of)],
                        [.. c.Skip(c.Length / 2).Select(of)],
                    ]
            ),
        ];
        var n = halves.Min(h => h.Length);
        double[] means = [.. halves.Select(h => h.Average())];
        var within = halves.Select((h, i) => h.Sum(x => (x - means[i]) * (x - means[i])) / (h.Length - 1)).Average();
        var overall = means.Average();
        var between = n * means.Sum(m => (m - overall) * (m - overall)) / (means.Length - 1);
        return within > 0 ? Math.Sqrt((within * (n - 1) / n + between / n) / within) : 1;
    }

    private static int HashCode(int seed, int chain) => unchecked(seed * 7919 + chain * 104_729 + 17);
}
