using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Platform.Privacy;

/// <summary>Reads everything that a service keeps of a person.</summary>
public static class Export
{
    /// <summary>So that a part is a message of ordinary size.</summary>
    private const int RowsPerPart = 200;

    /// <returns>At least one part; tables without a row of the person are left out.</returns>
    public static async Task<IReadOnlyList<IReadOnlyList<TableContent>>> ExportAsync(
        this UnitOfWork work,
        PersonalDataMap map,
        IEnumerable<Guid> ids,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentNullException.ThrowIfNull(map);
        var asked = ids.ToArray();
        var everybody = (await work.QueryAsync<Guid>(map.SamePersonSql, new { Ids = asked }, ct)).Union(asked).OrderBy(id => id).ToArray();
        var parts = new List<IReadOnlyList<TableContent>>();
        foreach (var (table, isOfPerson) in map.ByDepth().Reverse())
        {
            var rows = await work.QueryAsync<string>(
                $"select to_jsonb(t)::text from {table} t where {isOfPerson}",
                new { Ids = everybody },
                ct
            );
            parts.AddRange(
                rows.Chunk(RowsPerPart)
                    .Select(chunk => (IReadOnlyList<TableContent>)[new(table, [.. chunk.Select(row => JsonElement.Parse(row))])])
            );
        }
        return parts.Count > 0
            ? parts
            :
            [
                [],
            ];
    }
}
