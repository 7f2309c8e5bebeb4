using MarketingPlatform.Recommendation.Models;

namespace MarketingPlatform.Recommendation.Evaluation;

/// <summary>Ids as numbers from 0, in the order in which they were met.</summary>
internal sealed class Numbering
{
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly List<string> ids = [];

    public IReadOnlyList<string> Ids => ids;

    public int Number(string id)
    {
        if (!numbers.TryGetValue(id, out var number))
        {
            numbers[id] = number = ids.Count;
            ids.Add(id);
        }
        return number;
    }

    public int? Find(string id) => numbers.TryGetValue(id, out var number) ? number : null;
}

/// <summary>The rows of a file as <see cref="Interactions"/>, with the names of users and items.</summary>
/// <param name="Data">All entries with their values, a value at or below 0 left out.</param>
/// <param name="Declined">By user, items of the rows that were left out: no entries, but known to the user all the same.</param>
internal sealed record Numbered(Numbering Users, Numbering Items, Interactions Data, ILookup<int, int> Declined)
{
    /// <summary>
    /// Values above 0 are weights. Where all values are the same they say nothing and count as 1, whatever they are; else a row with a
    /// value of 0 or less (a thing given back, a dislike) is no entry.
    /// </summary>
    public static Numbered Of(IReadOnlyList<FileRow> rows)
    {
        var same = rows.Count > 0 && rows.All(r => r.Value == rows[0].Value);
        var (users, items) = (new Numbering(), new Numbering());
        var (entries, declined) = (new List<List<HistoryItem>>(), new List<(int User, string Item)>());
        foreach (var row in rows)
        {
            var user = users.Number(row.User);
            if (user == entries.Count)
            {
                entries.Add([]);
            }
            if (same || row.Value > 0)
            {
                entries[user].Add(new HistoryItem(items.Number(row.Item), same ? 1 : row.Value, row.At));
            }
            else
            {
                declined.Add((user, row.Item));
            }
        }
        return new Numbered(
            users,
            items,
            Interactions.Of(entries, items.Ids.Count),
            declined.Where(d => items.Find(d.Item) is not null).ToLookup(d => d.User, d => items.Find(d.Item)!.Value)
        );
    }
}
