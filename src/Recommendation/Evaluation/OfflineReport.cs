using MarketingPlatform.Recommendation.Models;

namespace MarketingPlatform.Recommendation.Evaluation;

/// <summary>One user of the test: what was known, what was wanted, what was answered.</summary>
/// <param name="User">Number in the training; −1 for one it does not know.</param>
/// <param name="Group">The customer group in which the user is reported.</param>
internal sealed record Answered(int User, string Group, int[] Ranked, IReadOnlySet<int> Wanted);

/// <summary>The metrics of a group of customers.</summary>
internal sealed record GroupReport(string Group, int Users, RankingMetrics Ranking, ListMetrics Lists);

/// <summary>How good a model's answers were, for all and by customer group.</summary>
internal sealed record OfflineReport(int K, GroupReport All, IReadOnlyList<GroupReport> Groups)
{
    /// <param name="training">Distinct entries.</param>
    public static OfflineReport Of(Interactions training, IReadOnlyList<Answered> answers, int k)
    {
        var groups = answers.GroupBy(a => a.Group, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal);
        return new OfflineReport(k, Report("all", answers), [.. groups.Select(g => Report(g.Key, [.. g]))]);

        GroupReport Report(string name, IReadOnlyList<Answered> group) =>
            new(
                name,
                group.Count,
                RankingMetrics.Mean([.. group.Select(a => RankingMetrics.Of(a.Ranked, a.Wanted, k))]),
                ListMetrics.Of(training, [.. group.Select(a => a.User)], [.. group.Select(a => a.Ranked)])
            );
    }

    /// <summary>
    /// Thirds of the known users by the length of their histories: "light", "medium", "heavy"; "new" for who has none. What to group by
    /// where nothing else is known.
    /// </summary>
    public static Func<int, string> ByActivity(Interactions training)
    {
        var lengths = Enumerable.Range(0, training.Users).Select(u => training.Of(u).Length).Where(n => n > 0).Order().ToArray();
        return user =>
            user < 0 || training.Of(user).Length is 0 ? "new"
            : training.Of(user).Length <= lengths[(lengths.Length - 1) / 3] ? "light"
            : training.Of(user).Length <= lengths[2 * (lengths.Length - 1) / 3] ? "medium"
            : "heavy";
    }
}
