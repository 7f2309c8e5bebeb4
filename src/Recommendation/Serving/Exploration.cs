namespace MarketingPlatform.Recommendation.Serving;

/// <summary>What the first place was chosen from, and how likely that choice was.</summary>
/// <param name="Shortlist">The first ten, best first, as they were ranked.</param>
/// <param name="Chosen">Which of them got the first place.</param>
/// <param name="Propensity">Probability of that choice, above 0.</param>
internal sealed record FirstPlace(IReadOnlyList<Pick> Shortlist, int Chosen, double Propensity);

/// <summary>
/// ε-greedy on the first place: with probability ε it goes to one of the first ten, each as likely. The propensity of the choice is exact,
/// and is stored with the decision: it is what later tells how another model's first choices would have done. No I/O.
/// </summary>
internal static class Exploration
{
    public const int Shortlist = 10;

    /// <returns>The list with the chosen one in front, the others in their order.</returns>
    public static (List<Pick> Picks, FirstPlace First) Choose(List<Pick> ranked, double epsilon, Random random)
    {
        var shortlist = ranked.Take(Shortlist).ToArray();
        if (shortlist.Length == 0)
        {
            return (ranked, new FirstPlace([], 0, 1));
        }
        var chosen = epsilon > 0 && random.NextDouble() < epsilon ? random.Next(shortlist.Length) : 0;
        var propensity = epsilon / shortlist.Length + (chosen == 0 ? 1 - epsilon : 0);
        if (chosen > 0)
        {
            ranked = [ranked[chosen], .. ranked.Take(chosen), .. ranked.Skip(chosen + 1)];
        }
        return (ranked, new FirstPlace(shortlist, chosen, propensity));
    }
}
