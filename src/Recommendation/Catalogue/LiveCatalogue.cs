namespace MarketingPlatform.Recommendation.Catalogue;

/// <summary>
/// The catalogue that answers are made from. <see cref="RefreshAsync"/> reads only what changed, whichever instance or service changed
/// it; answers see the old shelf or the new one, never a mixture.
/// </summary>
internal sealed class LiveCatalogue(RecommendationDatabase database) : IDisposable
{
    private readonly SemaphoreSlim refreshing = new(1, 1);
    private volatile Shelf shelf = Shelf.Empty;
    private string readUpTo = "0";

    public Shelf Shelf => shelf;

    public void Dispose() => refreshing.Dispose();

    public async Task RefreshAsync(CancellationToken ct)
    {
        await refreshing.WaitAsync(ct);
        try
        {
            // Before the rows: a transaction that commits in between is then read twice rather than never.
            var oldest = await database.QuerySingleAsync<string>("select pg_snapshot_xmin(pg_current_snapshot())::text", null, ct);
            var changed = await database.QueryAsync<ShelfProduct>(Sql, new { readUpTo }, ct);
            var before = shelf;
            var news = changed.Where(product =>
                before.SlotOf(product.ProductId) is var slot && (slot < 0 || before[slot].ChangedXid != product.ChangedXid)
            );
            if (news.ToArray() is { Length: > 0 } found)
            {
                shelf = before.With(found);
            }
            readUpTo = oldest;
        }
        finally
        {
            refreshing.Release();
        }
    }

    private const string Sql = $"""
        select {ShelfProduct.Columns} from products where changed_xid >= @readUpTo::xid8 order by product_id
        """;
}
