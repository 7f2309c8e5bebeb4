namespace MarketingPlatform.Recommendation.Models;

/// <summary>
/// Who did what: for each user (a customer, a basket, a session) the entries of the history. Immutable. Within a user sorted by time;
/// what has the same time keeps the order in which it was given.
/// </summary>
internal sealed class Interactions
{
    private readonly HistoryItem[] entries;
    private readonly int[] starts;

    private Interactions(HistoryItem[] entries, int[] starts, int items)
    {
        this.entries = entries;
        this.starts = starts;
        Items = items;
        foreach (var entry in entries)
        {
            Newest = Math.Max(Newest, entry.At);
        }
    }

    /// <param name="users">Users without entries are fine, and keep their number.</param>
    /// <param name="items">Above every item's number.</param>
    public static Interactions Of(IReadOnlyList<IReadOnlyList<HistoryItem>> users, int items)
    {
        var starts = new int[users.Count + 1];
        for (var user = 0; user < users.Count; user++)
        {
            starts[user + 1] = starts[user] + users[user].Count;
        }
        var entries = new HistoryItem[starts[^1]];
        for (var user = 0; user < users.Count; user++)
        {
            var sorted = true;
            for (var at = 0; at < users[user].Count; at++)
            {
                var entry = users[user][at];
                entries[starts[user] + at] = entry;
                sorted = sorted && (at == 0 || users[user][at - 1].At <= entry.At);
            }
            if (!sorted)
            {
                // LINQ's order keeps what is equal in place.
                users[user].OrderBy(entry => entry.At).ToArray().CopyTo(entries, starts[user]);
            }
        }
        return new Interactions(entries, starts, items);
    }

    public int Users => starts.Length - 1;

    public int Items { get; }

    /// <summary>Entries of all users.</summary>
    public int Count => entries.Length;

    /// <summary>Unix seconds of the newest entry; 0 where no time is known.</summary>
    public long Newest { get; }

    public ReadOnlySpan<HistoryItem> Of(int user) => entries.AsSpan(starts[user], starts[user + 1] - starts[user]);

    /// <summary>In how many entries each item is: with distinct entries, the number of its users.</summary>
    public int[] CountItems()
    {
        var counts = new int[Items];
        foreach (var entry in entries)
        {
            counts[entry.Item]++;
        }
        return counts;
    }

    /// <summary>Each item once a user, by its newest entry, with weight 1: what models of preference learn from.</summary>
    public Interactions Distinct() =>
        Select(own =>
        {
            var seen = new HashSet<int>(own.Length);
            var kept = new List<HistoryItem>(own.Length);
            for (var at = own.Length - 1; at >= 0; at--)
            {
                if (seen.Add(own[at].Item))
                {
                    kept.Add(own[at] with { Weight = 1 });
                }
            }
            kept.Reverse();
            return kept;
        });

    /// <summary>The same users with other entries.</summary>
    public Interactions Select(Func<HistoryItem[], IEnumerable<HistoryItem>> entriesOf)
    {
        var users = new HistoryItem[Users][];
        for (var user = 0; user < Users; user++)
        {
            users[user] = [.. entriesOf(Of(user).ToArray())];
        }
        return Of(users, Items);
    }

    /// <summary>Seen from the items: the user numbers of each item, ascending, and where they start.</summary>
    public (int[] Starts, int[] Users) ByItem()
    {
        var ends = new int[Items + 1];
        foreach (var entry in entries)
        {
            ends[entry.Item + 1]++;
        }
        for (var item = 0; item < Items; item++)
        {
            ends[item + 1] += ends[item];
        }
        var next = ends.AsSpan(0, Items).ToArray();
        var users = new int[entries.Length];
        for (var user = 0; user < Users; user++)
        {
            foreach (var entry in Of(user))
            {
                users[next[entry.Item]++] = user;
            }
        }
        return (ends, users);
    }
}
