namespace MarketingPlatform.Experimentation.Bandits;

/// <summary>The best possible plan for two variants and a short list: every possible course of the sends is worked out beforehand, from
/// the last send back to the first.</summary>
/// <remarks>
/// The exact dynamic programme of the Bernoulli bandit (R. N. Bradt, S. M. Johnson and S. Karlin, "On sequential designs for maximizing the
/// sum of n observations", Annals of Mathematical Statistics 27 (1956) 1060–1074). No policy has a higher expected number of successes
/// under the same prior. Needs each result before the next send, and it is deterministic: every propensity is 1, so what it did cannot be
/// evaluated off-policy. N sends visit about N⁴ / 24 states: 200 take some 9 MB and about a second.
/// </remarks>
public sealed class ShortList
{
    /// <summary>The longest list that is planned exactly.</summary>
    public const int Longest = 200;

    private readonly BetaArm[] _prior;
    private readonly ulong[][] _second; // one bit a state of each layer: whether to send the second variant

    private ShortList(BetaArm[] prior, ulong[][] second, double expected) =>
        (_prior, _second, ExpectedSuccesses) = (prior, second, expected);

    /// <value>Expected successes over the whole list when the plan is followed.</value>
    public double ExpectedSuccesses { get; }

    /// <value>Sends of the plan.</value>
    public int Sends => _second.Length;

    /// <param name="first">Belief about the first variant before anything is sent.</param>
    /// <param name="second">Belief about the second.</param>
    /// <param name="sends">Length of the list, 1 to <see cref="Longest"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A longer list, or none.</exception>
    public static ShortList Plan(BetaArm first, BetaArm second, int sends)
    {
        var choices = new ulong[sends > 0 ? sends : 0][];
        var expected = Backwards(
            first,
            second,
            sends,
            (n, state, one, two, _) =>
            {
                choices[n] ??= new ulong[(Layer.Size(n) + 63) / 64];
                if (two > one)
                    choices[n][state >> 6] |= 1UL << (state & 63);
                return Math.Max(one, two);
            }
        );
        return new ShortList([first, second], choices, expected);
    }

    /// <summary>Expected successes of any other policy over such a list, exactly.</summary>
    /// <param name="first">Belief about the first variant before anything is sent.</param>
    /// <param name="second">Belief about the second.</param>
    /// <param name="sends">Length of the list, 1 to <see cref="Longest"/>.</param>
    /// <param name="chanceOfFirst">With what probability the policy sends the first variant, given what was seen.</param>
    /// <exception cref="ArgumentOutOfRangeException">A longer list, or none.</exception>
    public static double Expect(BetaArm first, BetaArm second, int sends, Func<ShortListState, double> chanceOfFirst)
    {
        ArgumentNullException.ThrowIfNull(chanceOfFirst);
        return Backwards(
            first,
            second,
            sends,
            (_, _, one, two, seen) =>
            {
                var chance = chanceOfFirst(seen);
                return chance * one + (1 - chance) * two;
            }
        );
    }

    /// <summary>The variant to send next.</summary>
    /// <param name="seen">All results so far; fewer than <see cref="Sends"/>.</param>
    /// <returns>0 for the first variant, 1 for the second; the first where both are as good.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The list is used up.</exception>
    public int Choose(ShortListState seen)
    {
        var n = seen.Sent;
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(n, Sends, nameof(seen));
        var state = Layer.Index(n, seen);
        return (int)((_second[n][state >> 6] >> (state & 63)) & 1);
    }

    /// <value>The beliefs that the plan began with.</value>
    public IReadOnlyList<BetaArm> Prior => _prior;

    private delegate double Decision(int sent, int state, double first, double second, ShortListState seen);

    /// <summary>The value of the list before the first send, from that of all states after the last one.</summary>
    private static double Backwards(BetaArm first, BetaArm second, int sends, Decision decide)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentOutOfRangeException.ThrowIfLessThan(sends, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sends, Longest);
        var after = new double[Layer.Size(sends)];
        for (var n = sends - 1; n >= 0; n--)
        {
            var now = new double[Layer.Size(n)];
            var state = 0;
            for (var n1 = 0; n1 <= n; n1++)
            {
                var n2 = n - n1;
                var (ifFirst, ifSecond) = (Layer.Offset(n + 1, n1 + 1), Layer.Offset(n + 1, n1));
                for (var s1 = 0; s1 <= n1; s1++)
                {
                    var p = (first.Alpha + s1) / (first.Alpha + first.Beta + n1);
                    var (won, lost) = (ifFirst + (s1 + 1) * (n2 + 1), ifFirst + s1 * (n2 + 1));
                    var row = ifSecond + s1 * (n2 + 2);
                    for (var s2 = 0; s2 <= n2; s2++, state++)
                    {
                        var q = (second.Alpha + s2) / (second.Alpha + second.Beta + n2);
                        var one = p * (1 + after[won + s2]) + (1 - p) * after[lost + s2];
                        var two = q * (1 + after[row + s2 + 1]) + (1 - q) * after[row + s2];
                        now[state] = decide(n, state, one, two, new ShortListState(s1, n1 - s1, s2, n2 - s2));
                    }
                }
            }
            after = now;
        }
        return after[0];
    }

    /// <summary>Where a state stands among all states after the same number of sends: by sends of the first, its successes, the
    /// second's successes.</summary>
    private static class Layer
    {
        public static int Size(int n) => Offset(n, n + 1);

        // Σ over m < n1 of (m + 1)(n − m + 1)
        public static int Offset(int n, int n1) => n1 * (n1 + 1) / 2 * (n + 2) - n1 * (n1 + 1) * (2 * n1 + 1) / 6;

        public static int Index(int n, ShortListState seen)
        {
            var n1 = seen.FirstSuccesses + seen.FirstFailures;
            return Offset(n, n1) + seen.FirstSuccesses * (n - n1 + 1) + seen.SecondSuccesses;
        }
    }
}

/// <summary>What came of the sends so far; each count is 0 or more.</summary>
public readonly record struct ShortListState(int FirstSuccesses, int FirstFailures, int SecondSuccesses, int SecondFailures)
{
    /// <value>Sends so far.</value>
    public int Sent => FirstSuccesses + FirstFailures + SecondSuccesses + SecondFailures;
}
