namespace MarketingPlatform.AdOptimization.Response;

/// <summary>What was sold, what was spent and what else may have mattered, one value a period, oldest first, periods of equal length.</summary>
internal sealed record MixData(
    IReadOnlyList<DateOnly> Dates,
    double[] Target,
    IReadOnlyList<NamedSeries> Channels,
    IReadOnlyList<NamedSeries> Controls
)
{
    public int Periods => Target.Length;
}

internal sealed record NamedSeries(string Name, double[] Values);

/// <summary>What an experiment found that a channel's spend in some periods brought: it calibrates the model.</summary>
/// <param name="From">Index of the first period, from 0.</param>
/// <param name="To">Index of the last one, included.</param>
/// <param name="Lift">Of the target, in its unit, over all those periods and their carry-over.</param>
/// <param name="StandardError">Above 0.</param>
internal sealed record LiftTest(string Channel, int From, int To, double Lift, double StandardError);
