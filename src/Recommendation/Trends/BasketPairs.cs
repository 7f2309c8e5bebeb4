using MarketingPlatform.Recommendation.Models;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketingPlatform.Recommendation.Trends;

/// <summary>
/// What lies in the same orders: the co-purchase similarity of <see cref="CoPurchaseTrainer"/>, with orders in the place of customers.
/// Computed by one instance, in the background, once there are a fifth more orders than the last time, after an erasure, and once a day;
/// the others follow.
/// </summary>
internal sealed class BasketPairs(RecommendationDatabase database, IOptions<RecommendationOptions> options, TimeProvider clock)
{
    private const int Neighbours = 40;
    private const int Many = 100_000;
    private volatile IReadOnlyDictionary<string, (string ProductId, float Similarity)[]> pairs =
        new Dictionary<string, (string, float)[]>();
    private long version = -1;

    /// <returns>Most similar first; empty for a product that was never bought with another.</returns>
    public IReadOnlyList<(string ProductId, float Similarity)> Of(string productId) =>
        pairs.TryGetValue(productId, out var found) ? found : [];

    public async Task RefreshAsync(CancellationToken ct)
    {
        var now = await database.QuerySingleOrDefaultAsync<long?>("select version from basket_pairs_computed", null, ct) ?? -1;
        if (now == version)
        {
            return;
        }
        var rows = await database.QueryAsync<Row>("select product_id, others, similarities from basket_pairs", null, ct);
        pairs = rows.ToDictionary(row => row.ProductId, row => row.Others.Zip(row.Similarities).ToArray(), StringComparer.Ordinal);
        version = now;
    }

    /// <returns>False where there is too little news, or another instance is at it.</returns>
    public async Task<bool> ComputeAsync(CancellationToken ct)
    {
        var since = clock.GetUtcNow().AddDays(-options.Value.TrainingWindowDays);
        await using var work = await database.BeginAsync(ct);
        if (!await work.QuerySingleAsync<bool>("select pg_try_advisory_xact_lock(hashtext('recommendation.basket_pairs'))", null, ct))
        {
            return false;
        }
        var last = await work.QuerySingleOrDefaultAsync<Computed>("select orders, at from basket_pairs_computed", null, ct);
        var orders = await work.QuerySingleAsync<int>("select count(*)::int from orders", null, ct);
        if (!IsDue(orders, last?.Orders ?? 0, last is null ? TimeSpan.Zero : clock.GetUtcNow() - last.At))
        {
            return false;
        }
        var refused = await TrainingSet.RefusedAsync(work, ct);
        var model = await TrainAsync(work.Connection, refused, ct);
        await SaveAsync(work.Connection, model, ct);
        await work.ExecuteAsync(
            """
            insert into basket_pairs_computed as known (single, at, version, orders) values (true, @Now, 1, @orders)
            on conflict (single) do update set at = excluded.at, version = known.version + 1, orders = excluded.orders
            """,
            new { Now = clock.GetUtcNow(), orders },
            ct
        );
        await work.CommitAsync(ct);
        return true;
    }

    /// <summary>
    /// A fifth more orders than the last time, or many; fewer: somebody was erased; or a day went by, in which somebody may have refused
    /// to be learnt from, and the pairs still hold what was bought.
    /// </summary>
    internal static bool IsDue(int orders, int before, TimeSpan age) =>
        orders < before || orders > before * 1.2 || orders >= before + Many || (orders > 0 && age >= TimeSpan.FromDays(1));

    private async Task<TrainedModel> TrainAsync(NpgsqlConnection connection, HashSet<Guid> refused, CancellationToken ct)
    {
        var set = new TrainingSet();
        var trainer = new CoPurchaseTrainer(options.Value.CoPurchase with { Neighbours = Neighbours });
        await using var command = new NpgsqlCommand(
            """
            select b.order_id, b.product_id, coalesce(m.owner_id, b.customer_id)
            from bought b left join merged_customers m on m.customer_id = b.customer_id
            where b.at >= (select max(at) from orders where at <= $2) - make_interval(days => $1)
            order by b.order_id, b.product_id
            """,
            connection
        )
        {
            CommandTimeout = 0,
        };
        command.Parameters.Add(new NpgsqlParameter { Value = options.Value.TrainingWindowDays });
        command.Parameters.Add(new NpgsqlParameter { Value = clock.GetUtcNow().AddDays(1) });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var (order, basket) = ("", new List<int>());
        while (await reader.ReadAsync(ct))
        {
            if (refused.Contains(reader.GetGuid(2)))
            {
                continue;
            }
            if (reader.GetString(0) != order)
            {
                Add();
                order = reader.GetString(0);
            }
            basket.Add(set.Number(reader.GetString(1)));
        }
        Add();
        return new TrainedModel("baskets", set.ProductIds, trainer.Train(set.ProductIds.Count, ct));

        void Add()
        {
            if (basket.Count > 1)
            {
                trainer.Add(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(basket));
            }
            basket.Clear();
        }
    }

    private static async Task SaveAsync(NpgsqlConnection connection, TrainedModel model, CancellationToken ct)
    {
        await using (var clear = new NpgsqlCommand("delete from basket_pairs", connection))
        {
            await clear.ExecuteNonQueryAsync(ct);
        }
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy basket_pairs (product_id, others, similarities) from stdin (format binary)",
            ct
        );
        for (var item = 0; item < model.ProductIds.Count; item++)
        {
            var others = model.Recommender.Similar(item, Neighbours);
            if (others.Count == 0)
            {
                continue;
            }
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(model.ProductIds[item], ct);
            await copy.WriteAsync(others.Select(n => model.ProductIds[n.Product]).ToArray(), ct);
            await copy.WriteAsync(others.Select(n => n.Similarity).ToArray(), ct);
        }
        await copy.CompleteAsync(ct);
    }

    private sealed record Computed(int Orders, DateTimeOffset At);

    private sealed class Row
    {
        public string ProductId { get; init; } = "";
        public string[] Others { get; init; } = [];
        public float[] Similarities { get; init; } = [];
    }
}
