using System.Globalization;

namespace MarketingPlatform.Recommendation.Models;

/// <summary>Whether a freshly trained model serves, and the sentence that says why.</summary>
internal sealed record Verdict(bool Promote, string Because);

/// <summary>What a model foretold of orders that it had not seen.</summary>
/// <param name="HitRate">Share of them, rounded to four digits.</param>
internal sealed record OwnMeasure(int Orders, double HitRate);

/// <summary>
/// Judges two rankings by the same held-out orders. They differ beyond noise where the orders that only one of them foretold are split
/// more
/// unevenly than chance explains: |b − c| &gt; 2·√(b + c) (McNemar, about 95 %).
/// <para>
/// A first model serves unless it is worse than popularity beyond noise. A later one must beat the serving model, or have learnt
/// from other data (newer orders, a customer who was erased or refused) and not be worse beyond noise. The serving model has learnt
/// the orders up to the end of its window and would foretell them by heart, so the two are compared on later ones; with fewer than
/// <see cref="Enough"/> of those, each by what it foretold unseen when it was trained, as two samples.
/// </para>
/// </summary>
internal static class Promotion
{
    public const int Enough = 30;
    private const double Rounding = 0.0001;

    /// <summary>The first model: against popularity.</summary>
    public static Verdict First(bool[] candidate, bool[] popularity)
    {
        var (better, worse) = Compare(candidate, popularity);
        return IsWorse(better, worse)
            ? new Verdict(false, $"worse than popularity: foretold {better} orders that popularity did not, missed {worse} that it did")
            : new Verdict(true, "the first model, not worse than popularity");
    }

    /// <summary>A later model: against the one that serves.</summary>
    /// <param name="serving">What the serving model foretold of the same orders.</param>
    /// <param name="unseenByServing">Which of them it has not learnt.</param>
    /// <param name="own">What it foretold unseen, when it was trained; null where that was not measured.</param>
    public static Verdict Next(bool[] candidate, bool[] serving, bool[] unseenByServing, OwnMeasure? own, bool otherData)
    {
        var fair = Enumerable.Range(0, candidate.Length).Where(n => unseenByServing[n]).ToArray();
        if (fair.Length < Enough)
        {
            return ByOwnMeasure(candidate, fair.Length, own, otherData);
        }
        var (better, worse) = Compare([.. fair.Select(n => candidate[n])], [.. fair.Select(n => serving[n])]);
        var figures = $"foretold {better} of {fair.Length} orders that the serving model did not, missed {worse} that it did";
        return Judge(IsWorse(better, worse), better > worse, otherData, figures);
    }

    private static Verdict ByOwnMeasure(bool[] candidate, int fair, OwnMeasure? own, bool otherData)
    {
        if (own is not { Orders: > 0 } || candidate.Length == 0)
        {
            return Judge(worse: false, better: false, otherData, "there is nothing to compare them by");
        }
        var rate = candidate.Count(hit => hit) / (double)candidate.Length;
        var together = ((rate * candidate.Length) + (own.HitRate * own.Orders)) / (candidate.Length + own.Orders);
        var noise = Math.Sqrt(together * (1 - together) * ((1.0 / candidate.Length) + (1.0 / own.Orders)));
        var figures = string.Create(
            CultureInfo.InvariantCulture,
            $"hit rate {rate:0.000} against {own.HitRate:0.000}, each on orders it had not seen ({fair} new to both are too few)"
        );
        // The stored rate is rounded.
        return Judge(own.HitRate - rate > (2 * noise) + Rounding, rate > own.HitRate + Rounding, otherData, figures);
    }

    private static Verdict Judge(bool worse, bool better, bool otherData, string figures) =>
        worse ? new Verdict(false, "worse than the serving model: " + figures)
        : better ? new Verdict(true, "better than the serving model: " + figures)
        : otherData ? new Verdict(true, "learnt from other data and not worse beyond noise: " + figures)
        : new Verdict(false, "the same data and not better: " + figures);

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
