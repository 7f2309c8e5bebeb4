namespace MarketingPlatform.Experimentation.OffPolicy;

/// <summary>Doubly robust where weights are moderate, the reward model alone where they are not.</summary>
/// <remarks>
/// Y.-X. Wang, A. Agarwal and M. Dudík, "Optimal and adaptive off-policy evaluation in contextual bandits", ICML 2017. As in their section
/// 4, the limit is the one with the smallest variance plus squared bias, the bias taken at its upper confidence bound.
/// </remarks>
internal static class SwitchDr
{
    /// <summary>The largest weight that is kept, among 20 quantiles of the weights, the highest one included.</summary>
    /// <param name="weights">One a decision.</param>
    /// <param name="modelled">What the reward model expects of the target in each decision's context.</param>
    /// <param name="residuals">Weight × (reward − what the model expects of what was done).</param>
    /// <param name="z">Standard errors of the upper confidence bound.</param>
    public static double Limit(double[] weights, double[] modelled, double[] residuals, double z)
    {
        var sorted = weights.Order().ToArray();
        return Enumerable
            .Range(1, 20)
            .Select(part => sorted[(int)((long)(sorted.Length - 1) * part / 20)])
            .Distinct()
            .MinBy(limit =>
            {
                var error = OffPolicyEvaluation.Mean(Terms(weights, modelled, residuals, limit)).Error;
                var bias = MostBias(weights, residuals, limit, z);
                return error * error + bias * bias;
            });
    }

    /// <summary>Each decision's part of the estimate.</summary>
    public static double[] Terms(double[] weights, double[] modelled, double[] residuals, double limit) =>
        [.. weights.Select((weight, i) => modelled[i] + (weight <= limit ? residuals[i] : 0))];

    /// <summary>The largest bias that leaving out the residuals of larger weights may have, as far as the log shows.</summary>
    public static double MostBias(double[] weights, double[] residuals, double limit, double z)
    {
        var (bias, error) = OffPolicyEvaluation.Mean([.. residuals.Select((residual, i) => weights[i] > limit ? residual : 0)]);
        return Math.Abs(bias) + z * error;
    }
}
