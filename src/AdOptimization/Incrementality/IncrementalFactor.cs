namespace MarketingPlatform.AdOptimization.Incrementality;

/// <summary>What reported value is worth, by a measure of what was caused.</summary>
/// <remarks>
/// The mean of a normal belief about incremental by reported value: before, 1 ± 0.5; the measure with its own error. So a vague measure
/// changes little. It stays within <see cref="Least"/> and <see cref="Most"/>.
/// </remarks>
/// <param name="Error">Standard deviation of the belief.</param>
internal sealed record IncrementalFactor(double Value, double Error)
{
    public const double Least = 0.05;
    public const double Most = 3;
    private const double PriorError = 0.5;

    /// <param name="error">Standard error of <paramref name="incremental"/>, above 0, in its unit.</param>
    /// <returns>Null where nothing is reported.</returns>
    public static IncrementalFactor? Of(double incremental, double error, decimal? reported)
    {
        if (reported is not > 0)
            return null;
        var (measured, noise) = (incremental / (double)reported.Value, error / (double)reported.Value);
        var (prior, weight) = (1 / (PriorError * PriorError), 1 / (noise * noise));
        return new(Math.Clamp((prior + weight * measured) / (prior + weight), Least, Most), 1 / Math.Sqrt(prior + weight));
    }
}
