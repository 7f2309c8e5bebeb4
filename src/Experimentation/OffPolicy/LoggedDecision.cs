namespace MarketingPlatform.Experimentation.OffPolicy;

/// <summary>A decision that was made, and what came of it.</summary>
/// <param name="Context">What was known when it was made, as the number of a group of like cases, from 0.</param>
/// <param name="Action">What was done, from 0.</param>
/// <param name="Reward">What came of it, finite.</param>
/// <param name="Propensity">The probability with which the action was chosen in this context, above 0 and at most 1.</param>
public readonly record struct LoggedDecision(int Context, int Action, double Reward, double Propensity);

/// <summary>The policy whose reward is asked for: a probability of each action in each context.</summary>
public sealed class TargetPolicy
{
    private readonly double[][] _probabilities;

    /// <param name="probabilities">By context, then action: 0 or more, summing to 1 in each context within 1e-6.</param>
    /// <exception cref="ArgumentException">Rows of different lengths, or one that is no distribution.</exception>
    public TargetPolicy(double[][] probabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        if (probabilities.Length == 0 || probabilities.Any(row => row.Length != probabilities[0].Length))
            throw new ArgumentException("There is a context, and each one knows the same actions.", nameof(probabilities));
        foreach (var (row, context) in probabilities.Select((row, context) => (row, context)))
            if (row.Any(p => !(p >= 0)) || !(Math.Abs(row.Sum() - 1) <= 1e-6))
                throw new ArgumentException($"The probabilities of context {context} do not sum to 1.", nameof(probabilities));
        _probabilities = probabilities;
    }

    /// <summary>Every action as likely as every other.</summary>
    public static TargetPolicy Uniform(int contexts, int actions) =>
        new([.. Enumerable.Range(0, contexts).Select(_ => Enumerable.Repeat(1.0 / actions, actions).ToArray())]);

    /// <value>Number of contexts.</value>
    public int Contexts => _probabilities.Length;

    /// <value>Number of actions.</value>
    public int Actions => _probabilities[0].Length;

    /// <summary>Probability of an action in a context.</summary>
    public double this[int context, int action] => _probabilities[context][action];
}

/// <summary>The log cannot answer the question; the message says why and what would help.</summary>
public sealed class OffPolicyRefusalException(string message) : Exception(message);
