using MarketingPlatform.Platform.Data;
using MarketingPlatform.Segmentation.Rfm;

namespace MarketingPlatform.Segmentation.Segments;

/// <summary>The segments every shop has from the start: two rules and the names of the RFM grid.</summary>
internal static class BuiltInSegments
{
    public const string New = "new";
    public const string Lapsed = "lapsed";

    public const string Rule = "rule";
    public const string RfmKind = "rfm";

    internal sealed record Definition(string Key, string Name, string Kind, string Description);

    public static IReadOnlyList<Definition> Of(SegmentationOptions options) =>
        [
            new(New, "New", Rule, $"First seen within the last {Days(options.NewWindow)}."),
            new(Lapsed, "Lapsed", Rule, $"Has ordered, and not within the last {Days(options.LapsedAfter)}."),
            .. RfmSegment.All.Select(s => new Definition(s.Key, s.Name, RfmKind, s.Description)),
        ];

    /// <summary>Writes the definitions where they are missing or differ, and returns each key's id.</summary>
    public static async Task<IReadOnlyDictionary<string, Guid>> EnsureAsync(
        UnitOfWork work,
        SegmentationOptions options,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var all = Of(options);
        await work.ExecuteAsync(
            EnsureSql,
            new
            {
                Ids = all.Select(_ => Guid.CreateVersion7(now)).ToArray(),
                Keys = all.Select(d => d.Key).ToArray(),
                Names = all.Select(d => d.Name).ToArray(),
                Kinds = all.Select(d => d.Kind).ToArray(),
                Descriptions = all.Select(d => d.Description).ToArray(),
                now,
            },
            ct
        );
        var rows = await work.QueryAsync<(string Key, Guid Id)>("select key, id from segments where rule is null", null, ct);
        return rows.ToDictionary(r => r.Key, r => r.Id);
    }

    private static string Days(TimeSpan span) =>
        span == TimeSpan.FromDays(1) ? "day" : FormattableString.Invariant($"{span.TotalDays:0.##} days");

    private const string EnsureSql = """
        insert into segments as s (id, key, name, kind, description, updated_at)
        select id, key, name, kind, description, @now
        from unnest(@Ids::uuid[], @Keys::text[], @Names::text[], @Kinds::text[], @Descriptions::text[])
            as built_in (id, key, name, kind, description)
        on conflict (key) do update set
            name = excluded.name, kind = excluded.kind, description = excluded.description, updated_at = excluded.updated_at
        where (s.name, s.kind, s.description) is distinct from (excluded.name, excluded.kind, excluded.description)
        """;
}
