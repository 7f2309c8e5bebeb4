namespace MarketingPlatform.Platform.Privacy;

/// <summary>A table that keeps something about people.</summary>
/// <param name="Column">Holds the id of a person; in a table that hangs on another one, what refers to that.</param>
/// <param name="Of">The table that this one hangs on: it goes before it, with the same people. Null where it names people itself.</param>
/// <param name="Key">The column of <paramref name="Of"/> that <paramref name="Column"/> refers to.</param>
public sealed record PersonalTable(string Table, string Column, PersonalTable? Of = null, string Key = "id")
{
    internal int Depth => Of is null ? 0 : Of.Depth + 1;

    /// <summary>The condition for rows of the people <c>@Ids</c>.</summary>
    internal string IsOfPerson =>
        Of is null ? $"{Column} = any(@Ids)" : $"{Column} in (select {Key} from {Of.Table} where {Of.IsOfPerson})";
}

/// <summary>Where a service keeps what about people: erasure, receipts and export work from this and need no other SQL.</summary>
/// <param name="Tables">In any order; a table with several columns for ids stands here once for each.</param>
/// <param name="SamePersonSql">Selects every id of the people <c>@Ids</c>, as far as this service knows of merges.</param>
/// <param name="LockSql">Keeps away who writes about people outside of message handlers, until the transaction ends; empty where nobody does.</param>
public sealed record PersonalDataMap(IReadOnlyList<PersonalTable> Tables, string SamePersonSql, string LockSql = "")
{
    /// <summary>Each table with the condition for rows of the people <c>@Ids</c>; what hangs on a table comes before it.</summary>
    internal IEnumerable<(string Table, string IsOfPerson)> ByDepth() =>
        Tables
            .GroupBy(table => table.Table)
            .OrderByDescending(group => group.Max(table => table.Depth))
            .Select(group => (group.Key, string.Join(" or ", group.Select(table => table.IsOfPerson))));
}
