namespace MarketingPlatform.Recommendation.Trends;

/// <summary>A product that rises.</summary>
internal readonly record struct Trend(string ProductId, float Score);

/// <summary>What rises now, for everybody (segment "") and in each segment, strongest first; as the last computation left it.</summary>
internal sealed class TrendBook(RecommendationDatabase database)
{
    private volatile IReadOnlyDictionary<string, Trend[]> bySegment = new Dictionary<string, Trend[]>();
    private long version = -1;

    public IReadOnlyDictionary<string, Trend[]> BySegment => bySegment;

    public async Task RefreshAsync(CancellationToken ct)
    {
        var now = await database.QuerySingleOrDefaultAsync<long?>("select version from trends_computed", null, ct) ?? -1;
        if (now == version)
        {
            return;
        }
        var rows = await database.QueryAsync<Row>("select segment, product_id, score from trends", null, ct);
        bySegment = rows.GroupBy(row => row.Segment)
            .ToDictionary(
                group => group.Key,
                group =>
                    group
                        .OrderByDescending(row => row.Score)
                        .ThenBy(row => row.ProductId, StringComparer.Ordinal)
                        .Select(row => new Trend(row.ProductId, row.Score))
                        .ToArray(),
                StringComparer.Ordinal
            );
        version = now;
    }

    private sealed record Row(string Segment, string ProductId, float Score);
}
