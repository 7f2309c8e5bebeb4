using System.Numerics;

namespace MarketingPlatform.Experimentation.Attribution;

/// <summary>The Shapley value of a cooperative game.</summary>
/// <remarks>L. S. Shapley, "A value for n-person games", Contributions to the Theory of Games II (1953) 307–317.</remarks>
public static class Shapley
{
    /// <summary>Most players for which all coalitions are gone through.</summary>
    public const int MostPlayers = 20;

    /// <summary>Each player's mean marginal worth over all orders of joining, exactly; O(n 2ⁿ).</summary>
    /// <param name="worth">Worth of every coalition: bit i of the index says whether player i is in it. Length 2ⁿ, n up to
    /// <see cref="MostPlayers"/>; the empty one's worth is 0.</param>
    /// <returns>n values that sum to the worth of all together.</returns>
    /// <exception cref="ArgumentException">Another length, or an empty coalition that is worth something.</exception>
    public static double[] Values(ReadOnlySpan<double> worth)
    {
        if (!BitOperations.IsPow2(worth.Length) || worth.Length > 1 << MostPlayers)
            throw new ArgumentException(
                $"There is one worth a coalition: 2 to the number of players, at most {MostPlayers}.",
                nameof(worth)
            );
        if (worth[0] != 0)
            throw new ArgumentException("The empty coalition is worth 0.", nameof(worth));
        var players = BitOperations.Log2((uint)worth.Length);

        // |S|! (n − |S| − 1)! / n!, the share of orders in which exactly S comes before a player.
        var share = new double[players];
        for (var size = 0; size < players; size++)
            share[size] = size == 0 ? 1.0 / players : share[size - 1] * size / (players - size);

        var values = new double[players];
        for (var coalition = 0; coalition < worth.Length; coalition++)
        {
            var size = BitOperations.PopCount((uint)coalition);
            for (var player = 0; player < players; player++)
                if ((coalition & (1 << player)) == 0)
                    values[player] += share[size] * (worth[coalition | (1 << player)] - worth[coalition]);
        }
        return values;
    }
}
