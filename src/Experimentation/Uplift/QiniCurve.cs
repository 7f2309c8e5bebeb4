using MarketingPlatform.Experimentation.Intervals;

namespace MarketingPlatform.Experimentation.Uplift;

/// <summary>How well predicted uplift ranks people, on a randomised test that it was not learned from.</summary>
/// <param name="Qini">Area between the Qini curve and the straight line of treating people at random; above 0 is better than random. In
/// outcomes a treated person, such as visits.</param>
/// <param name="Auuc">Area under the uplift curve; half of the mean effect is random.</param>
/// <param name="MeanEffect">Mean outcome of the treated less that of the others.</param>
/// <param name="Curve">Points of the Qini curve from (0, 0) to (1, mean effect).</param>
public sealed record QiniResult(Interval Qini, Interval Auuc, double MeanEffect, IReadOnlyList<QiniPoint> Curve);

/// <summary>A point of the Qini curve.</summary>
/// <param name="Share">Share of people treated, those of the highest predicted uplift first, 0 to 1.</param>
/// <param name="Gain">Outcomes gained by it, a person of the whole treated arm.</param>
public readonly record struct QiniPoint(double Share, double Gain);

/// <summary>Qini and uplift curves and their areas.</summary>
/// <remarks>
/// N. J. Radcliffe, "Using control groups to target on predicted lift", Direct Marketing Analytics Journal (2007) 14–21: the gain of the
/// best k is R_t − R_c N_t / N_c, here divided by all treated. Uplift curve: share × (mean of the treated − mean of the others) among the
/// best k: P. Rzepakowski and S. Jaroszewicz, Knowledge and Information Systems 32 (2012) 303–327. People of equal prediction count as one
/// step, so that their order does not matter. Areas by trapezia, not scaled by a perfect model's: numbers of different data sets do not
/// compare. Intervals: percentiles of a bootstrap within each arm (B. Efron, Annals of Statistics 7 (1979) 1–26); the model stays as it is.
/// </remarks>
public static class QiniCurve
{
    private const int Points = 100;

    /// <param name="predicted">Predicted uplift, one a person.</param>
    /// <param name="treated">Who was treated, by lot.</param>
    /// <param name="outcomes">What each did.</param>
    /// <param name="random">Where the bootstrap's chance comes from.</param>
    /// <param name="resamples">Of the bootstrap, 100 or more.</param>
    /// <param name="confidence">Of the intervals, strictly between 0 and 1.</param>
    /// <exception cref="ArgumentException">Lists of different lengths, or an empty arm.</exception>
    public static QiniResult Of(
        IReadOnlyList<double> predicted,
        IReadOnlyList<bool> treated,
        IReadOnlyList<double> outcomes,
        Random random,
        int resamples = 500,
        double confidence = 0.95
    )
    {
        ArgumentNullException.ThrowIfNull(predicted);
        ArgumentNullException.ThrowIfNull(treated);
        ArgumentNullException.ThrowIfNull(outcomes);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 100);
        if (predicted.Count != treated.Count || predicted.Count != outcomes.Count)
            throw new ArgumentException("Each person has a prediction, a treatment and an outcome.", nameof(predicted));
        var ranked = Ranking.Of(predicted, treated, outcomes);
        var curve = new List<QiniPoint>();
        var (qini, auuc, effect) = ranked.Areas([.. Enumerable.Repeat(1, treated.Count)], curve);
        var (qinis, auucs) = (new double[resamples], new double[resamples]);
        for (var i = 0; i < resamples; i++)
            (qinis[i], auucs[i], _) = ranked.Areas(ranked.Resample(random), null);
        return new QiniResult(Bounds(qini, qinis), Bounds(auuc, auucs), effect, Thinned(curve));

        Interval Bounds(double estimate, double[] values)
        {
            Array.Sort(values);
            var tail = (1 - confidence) / 2 * (values.Length - 1);
            return new Interval(estimate, values[(int)Math.Round(tail)], values[(int)Math.Round(values.Length - 1 - tail)]);
        }
    }

    private static IReadOnlyList<QiniPoint> Thinned(List<QiniPoint> curve) =>
        curve.Count <= Points
            ? curve
            : [.. Enumerable.Range(0, Points + 1).Select(i => curve[(int)((long)(curve.Count - 1) * i / Points)])];

    /// <summary>People in the order of their predicted uplift, highest first.</summary>
    /// <param name="EndsStep">Whether the next person's prediction is lower.</param>
    private sealed record Ranking(bool[] Treated, double[] Outcomes, bool[] EndsStep, int[] TreatedAt, int[] OthersAt)
    {
        public static Ranking Of(IReadOnlyList<double> predicted, IReadOnlyList<bool> treated, IReadOnlyList<double> outcomes)
        {
            var order = Enumerable.Range(0, predicted.Count).OrderByDescending(i => predicted[i]).ToArray();
            var places = Enumerable.Range(0, order.Length).ToLookup(place => treated[order[place]]);
            if (!places[true].Any() || !places[false].Any())
                throw new ArgumentException("Both arms hold people.", nameof(treated));
            return new Ranking(
                [.. order.Select(i => treated[i])],
                [.. order.Select(i => outcomes[i])],
                [.. order.Select((i, place) => place + 1 == order.Length || predicted[order[place + 1]] < predicted[i])],
                [.. places[true]],
                [.. places[false]]
            );
        }

        /// <returns>How often each place was drawn.</returns>
        public int[] Resample(Random random)
        {
            var times = new int[Treated.Length];
            foreach (var arm in new[] { TreatedAt, OthersAt })
                for (var i = 0; i < arm.Length; i++)
                    times[arm[random.Next(arm.Length)]]++;
            return times;
        }

        public (double Qini, double Auuc, double Effect) Areas(int[] times, List<QiniPoint>? curve)
        {
            var (rt, nt, rc, nc) = (0.0, 0.0, 0.0, 0.0);
            var (share, gain, lift) = (0.0, 0.0, 0.0);
            var (underGain, underLift) = (0.0, 0.0);
            curve?.Add(new QiniPoint(0, 0));
            for (var place = 0; place < times.Length; place++)
            {
                if (Treated[place])
                    (rt, nt) = (rt + times[place] * Outcomes[place], nt + times[place]);
                else
                    (rc, nc) = (rc + times[place] * Outcomes[place], nc + times[place]);
                if (!EndsStep[place])
                    continue;
                var next = (nt + nc) / times.Length;
                var known = nt > 0 && nc > 0;
                var (nextGain, nextLift) = known ? ((rt - rc * nt / nc) / TreatedAt.Length, next * (rt / nt - rc / nc)) : (0, 0);
                underGain += (next - share) * (gain + nextGain) / 2;
                underLift += (next - share) * (lift + nextLift) / 2;
                (share, gain, lift) = (next, nextGain, nextLift);
                curve?.Add(new QiniPoint(share, gain));
            }
            return (underGain - gain / 2, underLift, lift);
        }
    }
}
