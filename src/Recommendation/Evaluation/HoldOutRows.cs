namespace MarketingPlatform.Recommendation.Evaluation;

/// <summary>Cuts a file into training and test.</summary>
internal static class HoldOutRows
{
    /// <summary>
    /// Without repeats: <paramref name="share"/> of each user's different items, drawn, at least one of them where there are two or
    /// more, never all. With repeats: the rows of the newest time of <paramref name="share"/> of the users that have two or more times.
    /// </summary>
    public static (IReadOnlyList<FileRow> Train, IReadOnlyList<FileRow> Test) Split(
        IReadOnlyList<FileRow> rows,
        double share,
        bool repeats,
        int seed
    )
    {
        var random = new Random(seed);
        var (train, test) = (new List<FileRow>(), new List<FileRow>());
        foreach (var user in rows.GroupBy(r => r.User, StringComparer.Ordinal))
        {
            var hidden = repeats ? LastBasket(user, share, random) : Drawn(user, share, random);
            foreach (var row in user)
            {
                (hidden(row) ? test : train).Add(row);
            }
        }
        return (train, test);
    }

    private static Func<FileRow, bool> Drawn(IEnumerable<FileRow> user, double share, Random random)
    {
        var items = user.Select(r => r.Item).Distinct(StringComparer.Ordinal).ToArray();
        if (items.Length < 2)
        {
            return _ => false;
        }
        random.Shuffle(items);
        var count = Math.Clamp((int)((items.Length * share) + random.NextDouble()), 1, items.Length - 1);
        var gone = items.Take(count).ToHashSet(StringComparer.Ordinal);
        return row => gone.Contains(row.Item);
    }

    private static Func<FileRow, bool> LastBasket(IEnumerable<FileRow> user, double share, Random random)
    {
        var (first, last) = (user.Min(r => r.At), user.Max(r => r.At));
        var chosen = random.NextDouble() < share;
        return row => chosen && first != last && row.At == last;
    }
}
