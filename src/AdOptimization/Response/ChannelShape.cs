namespace MarketingPlatform.AdOptimization.Response;

/// <summary>How the effect of a period's spend spreads over the periods after it.</summary>
internal enum Carryover
{
    /// <summary>Each period keeps a fixed part of the one before.</summary>
    Geometric,

    /// <summary>Weights follow a Weibull density over the lag, so that the effect may peak later.</summary>
    Weibull,
}

/// <summary>How returns diminish.</summary>
internal enum Saturation
{
    Hill,
    Logistic,
}

/// <summary>
/// The nonlinear part of a channel's model: spend, in multiples of its mean, through carry-over and then saturation. Its parameters live on
/// the whole line (logits and logarithms); each has a normal prior there that says only what most advertising is like.
/// </summary>
/// <remarks>
/// Carry-over weights sum to 1, so that constant spend stays what it is and the saturation curve reads as the return of constant spend.
/// Before the first period nothing is assumed to have been spent.
/// </remarks>
internal sealed class ChannelShape(Carryover carryover, Saturation saturation)
{
    /// <summary>Periods after which a Weibull effect is over.</summary>
    private const int Lags = 13;

    private readonly (string Name, double Mean, double Deviation)[] parameters =
    [
        .. carryover == Carryover.Geometric
            ? [("adstock", -0.7, 0.9)]
            : (ReadOnlySpan<(string, double, double)>)[("lagShape", 0.2, 0.5), ("lagScale", 0.3, 0.7)],
        .. saturation == Saturation.Hill
            ? [("halfSaturation", 0.2, 0.7), ("shape", 0.1, 0.35)]
            : (ReadOnlySpan<(string, double, double)>)[("rate", 0.3, 0.7)],
    ];

    public int Parameters => parameters.Length;

    public Saturation Saturation => saturation;

    public double[] Start() => [.. parameters.Select(p => p.Mean)];

    public double LogPrior(ReadOnlySpan<double> at)
    {
        var sum = 0.0;
        for (var i = 0; i < parameters.Length; i++)
        {
            var z = (at[i] - parameters[i].Mean) / parameters[i].Deviation;
            sum -= z * z / 2;
        }
        return sum;
    }

    /// <summary>Parameters as a marketer reads them: adstock is the part that a period keeps, half saturation and rate are in money.</summary>
    /// <param name="unit">Money in one unit of scaled spend.</param>
    public IReadOnlyList<(string Name, double Value)> Natural(ReadOnlySpan<double> at, double unit)
    {
        var natural = new (string, double)[parameters.Length];
        for (var i = 0; i < natural.Length; i++)
            natural[i] = parameters[i].Name switch
            {
                "adstock" => ("adstock", Sigmoid(at[i])),
                "halfSaturation" => ("halfSaturation", Math.Exp(at[i]) * unit),
                "rate" => ("rate", Math.Exp(at[i]) / unit),
                var name => (name, Math.Exp(at[i])),
            };
        return natural;
    }

    /// <summary>What constant spend returns for each unit of effect.</summary>
    public ResponseCurve Curve(ReadOnlySpan<double> at, double effect, double unit) =>
        saturation == Saturation.Hill
            ? new HillCurve(effect, Math.Exp(at[^2]) * unit, Math.Exp(at[^1]))
            : new LogisticCurve(effect, Math.Exp(at[^1]) / unit);

    /// <param name="spend">Scaled, oldest first.</param>
    /// <param name="response">Of the same length; between 0 and 1.</param>
    public void Apply(ReadOnlySpan<double> at, ReadOnlySpan<double> spend, Span<double> response)
    {
        if (carryover == Carryover.Geometric)
            Geometric(Sigmoid(at[0]), spend, response);
        else
            Weibull(Math.Exp(at[0]), Math.Exp(at[1]), spend, response);
        if (saturation == Saturation.Hill)
            Hill(at[^2], Math.Exp(at[^1]), response);
        else
            Logistic(Math.Exp(at[^1]), response);
    }

    private static void Geometric(double kept, ReadOnlySpan<double> spend, Span<double> effect)
    {
        var stock = 0.0;
        for (var t = 0; t < spend.Length; t++)
            effect[t] = stock = kept * stock + (1 - kept) * spend[t];
    }

    private static void Weibull(double shape, double scale, ReadOnlySpan<double> spend, Span<double> effect)
    {
        Span<double> weights = stackalloc double[Lags];
        var sum = 0.0;
        for (var lag = 0; lag < Lags; lag++)
        {
            var x = (lag + 0.5) / scale;
            sum += weights[lag] = Math.Pow(x, shape - 1) * Math.Exp(-Math.Pow(x, shape));
        }
        for (var t = 0; t < spend.Length; t++)
        {
            var stock = 0.0;
            for (var lag = 0; lag < Lags && lag <= t; lag++)
                stock += weights[lag] * spend[t - lag];
            effect[t] = sum > 0 ? stock / sum : spend[t];
        }
    }

    private static void Hill(double logHalf, double shape, Span<double> effect)
    {
        for (var t = 0; t < effect.Length; t++)
            effect[t] = effect[t] > 1e-12 ? 1 / (1 + Math.Exp(shape * (logHalf - Math.Log(effect[t])))) : 0;
    }

    private static void Logistic(double rate, Span<double> effect)
    {
        for (var t = 0; t < effect.Length; t++)
            effect[t] = Math.Tanh(rate * effect[t] / 2);
    }

    private static double Sigmoid(double logit) => 1 / (1 + Math.Exp(-logit));
}
