using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Recommendation.Models;

/// <summary>
/// News that the next training should include: a row a batch, deleted by the training that saw it. Rows, not a counter, so that
/// consumers never wait for each other.
/// </summary>
internal static class TrainingSignals
{
    public static Task AddAsync(UnitOfWork work, bool requested, int orders, DateTimeOffset now, CancellationToken ct) =>
        work.ExecuteAsync(
            "insert into training_signals (requested, orders, at) values (@requested, @orders, @now)",
            new
            {
                requested,
                orders,
                now,
            },
            ct
        );
}

/// <summary>What waits to be learnt and when somebody last learnt.</summary>
internal sealed record TrainingState(
    bool Requested,
    int NewOrders,
    DateTimeOffset? FirstAt,
    DateTimeOffset? LastAt,
    DateTimeOffset? TrainedAt,
    int TrainedOrders
)
{
    public static Task<TrainingState> ReadAsync(RecommendationDatabase database, CancellationToken ct) =>
        database.QuerySingleAsync<TrainingState>(Sql, null, ct);

    /// <summary>
    /// On request at once. Else when orders have been quiet, or kept coming for long enough; then once an interval, or sooner where
    /// orders grew by
    /// a fifth.
    /// </summary>
    public bool IsDue(DateTimeOffset now, RecommendationOptions options)
    {
        if (Requested)
        {
            return true;
        }
        if (FirstAt is null || (now - LastAt < options.Quiet && now - FirstAt < options.MaxWait))
        {
            return false;
        }
        return TrainedAt is null || now - TrainedAt >= options.MinimumInterval || NewOrders >= Math.Max(1, TrainedOrders / 5);
    }

    private const string Sql = """
        select coalesce(bool_or(requested), false) as requested,
            coalesce(sum(orders), 0)::int as new_orders,
            min(at) as first_at,
            max(at) as last_at,
            (select trained_at from models where purpose = 'taste' order by id desc limit 1) as trained_at,
            coalesce((select orders from models where purpose = 'taste' order by id desc limit 1), 0) as trained_orders
        from training_signals
        """;
}
