namespace MarketingPlatform.Platform.Text;

/// <summary>What somebody may have meant who wrote a name that does not exist.</summary>
public static class NearestName
{
    /// <summary>
    /// The name that the fewest mistakes of typing turn into the other, at most one in three letters; else one that is the other's beginning or
    /// end. Small and capital letters are alike.
    /// </summary>
    /// <returns>Null where none is near.</returns>
    public static string? Of(string name, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(name);
        var near = known
            .Where(other => other != name)
            .Select(other => (Name: other, Distance: Distance(name.ToLowerInvariant(), other.ToLowerInvariant())))
            .OrderBy(one => one.Distance)
            .ThenBy(one => one.Name, StringComparer.Ordinal)
            .ToArray();
        if (near.Length == 0)
            return null;
        if (near[0].Distance <= Math.Max(name.Length, near[0].Name.Length) / 3)
            return near[0].Name;
        return near.Select(one => one.Name).FirstOrDefault(other => Holds(name, other) || Holds(other, name));
    }

    private static bool Holds(string whole, string part) =>
        part.Length >= 3
        && (whole.StartsWith(part, StringComparison.OrdinalIgnoreCase) || whole.EndsWith(part, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Letters to put in, leave out, change or swap with their neighbour: the optimal string alignment distance, after F. J. Damerau,
    /// Communications of the ACM 7 (1964) 171–176.
    /// </summary>
    internal static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        for (var j = 1; j <= b.Length; j++)
        {
            var changed = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            rows[i, j] = Math.Min(changed, 1 + Math.Min(rows[i - 1, j], rows[i, j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
        }
        return rows[a.Length, b.Length];
    }
}
