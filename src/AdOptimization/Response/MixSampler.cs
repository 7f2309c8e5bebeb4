using MarketingPlatform.Experimentation.Distributions;

namespace MarketingPlatform.AdOptimization.Response;

/// <param name="Shapes">Each channel's parameters on the whole line.</param>
/// <param name="Effects">What a fully saturated channel adds to the target in a period.</param>
/// <param name="Contributions">What each channel added over all periods; <paramref name="Recent"/> over the newest ones.</param>
internal sealed record MixDraw(double[][] Shapes, double[] Effects, double[] Contributions, double NoiseVariance, double[] Recent);

/// <summary>One Markov chain over the marketing mix model: target = baseline + Σ effect · response(spend) + normal noise.</summary>
/// <remarks>
/// The baseline is projected out (flat priors). A channel's effect has a half-normal prior on the share of the target that it would make;
/// it is integrated out exactly while the channel's shape is drawn by slice sampling (Neal, "Slice sampling", Annals of Statistics 2003,
/// stepping out, one coordinate at a time), then drawn from its truncated normal. So a strong correlation of effect and saturation costs
/// no mixing. The noise variance is drawn from its inverse gamma. Lift tests enter as normal observations of what an effect did in a window.
/// </remarks>
internal sealed class MixSampler
{
    /// <summary>Scale of the half-normal prior on a channel's share of the target.</summary>
    private const double TypicalShare = 0.2;

    private readonly MixData data;
    private readonly ChannelShape shape;
    private readonly Baseline baseline;
    private readonly IReadOnlyList<LiftTest> tests;
    private readonly Random random;
    private readonly int recent;
    private readonly double[][] spends;
    private readonly double typicalTarget;
    private readonly double[][] shapes;
    private readonly double[] effects;
    private readonly double[][] responses;
    private readonly double[][] projected;
    private readonly double[] residual;
    private readonly double[] candidate;
    private readonly double[] candidateProjected;
    private readonly double[] without;
    private double variance;

    /// <param name="recent">How many of the newest periods are told apart in each draw.</param>
    public MixSampler(MixData data, ChannelShape shape, Baseline baseline, IReadOnlyList<LiftTest> tests, Random random, int recent = 0)
    {
        (this.data, this.shape, this.baseline, this.tests, this.random) = (data, shape, baseline, tests, random);
        this.recent = Math.Min(recent, data.Periods);
        Units = [.. data.Channels.Select(c => c.Values.Where(v => v > 0).DefaultIfEmpty(1).Average())];
        spends = [.. data.Channels.Select((c, i) => c.Values.Select(v => v / Units[i]).ToArray())];
        typicalTarget = data.Target.Average(Math.Abs);
        effects = new double[spends.Length];
        shapes = [.. spends.Select(_ => Jittered(shape.Start()))];
        responses = [.. spends.Select(_ => new double[data.Periods])];
        projected = [.. spends.Select(_ => new double[data.Periods])];
        residual = [.. data.Target];
        baseline.Project(residual);
        variance = Math.Max(1e-12, Vectors.Dot(residual, residual) / Math.Max(1, data.Periods - baseline.Rank));
        (candidate, candidateProjected, without) = (new double[data.Periods], new double[data.Periods], new double[data.Periods]);
        for (var c = 0; c < spends.Length; c++)
        {
            shape.Apply(shapes[c], spends[c], responses[c]);
            responses[c].CopyTo(projected[c], 0);
            baseline.Project(projected[c]);
        }
    }

    /// <value>Money in a unit of scaled spend: the mean of the periods with any.</value>
    public double[] Units { get; }

    /// <value>What the present draw leaves unexplained; it changes with each step.</value>
    public ReadOnlySpan<double> Residual => residual;

    public MixDraw Step()
    {
        for (var c = 0; c < spends.Length; c++)
            StepChannel(c);
        // Jeffreys' prior, 1 / variance.
        var squares = Math.Max(1e-300, Vectors.Dot(residual, residual));
        var freedom = Math.Max(1, data.Periods - baseline.Rank);
        variance = squares / 2 / Math.Exp(GammaDistribution.SampleLog(freedom / 2.0, random));
        return new(
            [.. shapes.Select(s => (double[])[.. s])],
            [.. effects],
            [.. effects.Select((effect, c) => effect * responses[c].Sum())],
            variance,
            [.. effects.Select((effect, c) => effect * responses[c].AsSpan(data.Periods - recent).ToArray().Sum())]
        );
    }

    private void StepChannel(int channel)
    {
        residual.CopyTo(without, 0);
        Vectors.AddScaled(without, projected[channel], effects[channel]);

        double[] at = shapes[channel];
        var density = Density(channel, at, out _);
        for (var i = 0; i < at.Length; i++)
            density = Slice(channel, at, i, density);

        Density(channel, at, out var belief);
        candidate.CopyTo(responses[channel], 0);
        candidateProjected.CopyTo(projected[channel], 0);
        effects[channel] = PositiveNormal.Sample(belief.Mean, belief.Deviation, random);
        without.CopyTo(residual, 0);
        Vectors.AddScaled(residual, projected[channel], -effects[channel]);
    }

    private readonly record struct Effect(double Mean, double Deviation);

    /// <returns>The logarithm of the density of the channel's shape, its effect integrated out.</returns>
    private double Density(int channel, double[] at, out Effect effect)
    {
        shape.Apply(at, spends[channel], candidate);
        candidate.CopyTo(candidateProjected, 0);
        baseline.Project(candidateProjected);
        var mean = candidate.Average();
        var prior = TypicalShare * typicalTarget / Math.Max(mean, 1e-9);
        var precision = Vectors.Dot(candidateProjected, candidateProjected) / variance + 1 / (prior * prior);
        var pull = Vectors.Dot(candidateProjected, without) / variance;
        foreach (var test in tests)
            if (test.Channel == data.Channels[channel].Name)
            {
                var exposure = Exposure(channel, at, test);
                precision += exposure * exposure / (test.StandardError * test.StandardError);
                pull += exposure * test.Lift / (test.StandardError * test.StandardError);
            }
        var deviation = 1 / Math.Sqrt(precision);
        effect = new(pull / precision, deviation);
        return shape.LogPrior(at)
            + Math.Log(deviation / prior)
            + pull * pull / (2 * precision)
            + PositiveNormal.LogCumulative(pull * deviation);
    }

    /// <returns>How much response the spend of those periods made: with it, less without it.</returns>
    private double Exposure(int channel, double[] at, LiftTest test)
    {
        double[] held = [.. spends[channel]];
        held.AsSpan(test.From, test.To - test.From + 1).Clear();
        var response = new double[held.Length];
        shape.Apply(at, held, response);
        return candidate.Sum() - response.Sum();
    }

    private double Slice(int channel, double[] at, int coordinate, double density)
    {
        const double Width = 1.0;
        var level = density + Math.Log(1 - random.NextDouble());
        var here = at[coordinate];
        var left = here - Width * random.NextDouble();
        var right = left + Width;
        for (var step = 0; step < 6 && DensityAt(left) > level; step++)
            left -= Width;
        for (var step = 0; step < 6 && DensityAt(right) > level; step++)
            right += Width;
        while (true)
        {
            var next = left + (right - left) * random.NextDouble();
            var found = DensityAt(next);
            if (found >= level || right - left < 1e-12)
                return found;
            if (next < here)
                left = next;
            else
                right = next;
        }

        double DensityAt(double x)
        {
            at[coordinate] = x;
            return Density(channel, at, out _);
        }
    }

    private double[] Jittered(double[] start) => [.. start.Select(x => x + random.NextDouble() - 0.5)];
}
