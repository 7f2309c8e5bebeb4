namespace MarketingPlatform.Experimentation.OffPolicy;

/// <summary>Doubly robust where weights are moderate, the reward model alone where they are not.</summary>
/// <remarks>
/// Y.-X. Wang, A. Agarwal and M. Dudík, "Optimal and adaptive off-policy evaluation in contextual bandits", ICML 2017. As in their section 4, the limit is the one with the
/// smallest estimated mean squared error; the bias of a limit is what it leaves out of the doubly robust estimate.
/// </remarks>
internal static class SwitchDr
{
    /// <summary>The largest weight that is kept, among 20 quantiles of the weights and the highest.</summary>
    public static double Limit(double[] weights, double[] modelled, double[] residuals)
    {
        var sorted = weights.Order().ToArray();
        return Enumerable
            .Range(1, 20)
            .Select(part => sorted[(int)((long)(sorted.Length - 1) * part / 20)])
            .Distinct()
            .MinBy(limit =>
            {
                var error = OffPolicyEvaluation.Mean(Terms(weights, modelled, residuals, limit)).Error;
                var bias = residuals.Where((_, i) => weights[i] > limit).Sum() / weights.Length;
                return error * error + bias * bias;
            });
    }

    /// <summary>Each decision's part of the estimate.</summary>
    public static double[] Terms(double[] weights, double[] modelled, double[] residuals, double limit) =>
        [.. weights.Select((weight, i) => modelled[i] + (weight <= limit ? residuals[i] : 0))];
}
