namespace MarketingPlatform.Recommendation.Models;

/// <summary>Whether a freshly trained model serves, and the sentence that says why.</summary>
internal sealed record Verdict(bool Promote, string Because);

/// <summary>
/// Judges two rankings by the same held-out orders. They differ beyond noise where the orders that only one of them foretold are split
/// more
/// unevenly than chance explains: |b − c| &gt; 2·√(b + c) (McNemar, about 95 %).
/// <para>
/// A first model serves unless it is worse than popularity beyond noise. A later one must beat the serving model, or have learnt
/// from other data (newer orders, a customer who was erased or refused) and not be worse beyond noise. The serving model has learnt
/// the orders up to the end of its window, so only later ones are fair to both; with fewer
/// than <see cref="Enough"/> of those it is judged by all, which favours the model that already serves.
/// </para>
/// </summary>
internal static class Promotion
{
    public const int Enough = 30;

    /// <summary>The first model: against popularity.</summary>
    public static Verdict First(bool[] candidate, bool[] popularity)
    {
        var (better, worse) = Compare(candidate, popularity);
        return IsWorse(better, worse)
            ? new Verdict(false, $"worse than popularity: foretold {better} orders that popularity did not, missed {worse} that it did")
            : new Verdict(true, "the first model, not worse than popularity");
    }

    /// <summary>A later model: against the one that serves.</summary>
    public static Verdict Next(bool[] candidate, bool[] serving, bool[] unseenByServing, bool otherData)
    {
        var fair = unseenByServing.Count(unseen => unseen) >= Enough;
        var kept = Enumerable.Range(0, candidate.Length).Where(n => !fair || unseenByServing[n]).ToArray();
        var (better, worse) = Compare([.. kept.Select(n => candidate[n])], [.. kept.Select(n => serving[n])]);
        var figures = $"foretold {better} of {kept.Length} orders that the serving model did not, missed {worse} that it did";
        if (IsWorse(better, worse))
        {
            return new Verdict(false, "worse than the serving model: " + figures);
        }
        if (better > worse)
        {
            return new Verdict(true, "better than the serving model: " + figures);
        }
        return otherData
            ? new Verdict(true, "learnt from other data and not worse beyond noise: " + figures)
            : new Verdict(false, "the same data and not better: " + figures);
    }

    private static (int Better, int Worse) Compare(bool[] candidate, bool[] other)
    {
        var pairs = candidate.Zip(other).ToArray();
        return (pairs.Count(p => p.First && !p.Second), pairs.Count(p => !p.First && p.Second));
    }

    private static bool IsWorse(int better, int worse) => IsBelow(better - worse, better + worse);

    /// <summary>Beyond noise, by paired differences: their sum is further below 0 than twice its standard error where there is no difference.</summary>
    /// <param name="squares">The sum of their squares.</param>
    internal static bool IsBelow(double sum, double squares) => -sum > 2 * Math.Sqrt(squares);
}
