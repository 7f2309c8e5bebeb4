using System.Text.Json;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>Writes and reads decisions: both must agree on every column.</summary>
internal static class AllocationStore
{
    public static async Task AddAsync(UnitOfWork work, AllocationView allocation, CancellationToken ct)
    {
        await work.ExecuteAsync(AllocationSql, new AllocationRow(allocation), ct);
        var cells = allocation.Cells;
        await work.ExecuteAsync(
            CellsSql,
            new
            {
                allocation.Id,
                Channels = cells.Select(c => c.Channel).ToArray(),
                Campaigns = cells.Select(c => c.Campaign ?? "").ToArray(),
                Segments = cells.Select(c => c.Segment ?? "").ToArray(),
                Amounts = cells.Select(c => c.Amount).ToArray(),
                PreviousAmounts = cells.Select(c => c.PreviousAmount).ToArray(),
                Probabilities = cells.Select(c => c.Probability).ToArray(),
                ExpectedReturns = cells.Select(c => c.ExpectedReturn).ToArray(),
                MarginalReturns = cells.Select(c => c.MarginalReturn).ToArray(),
                Worths = cells.Select(c => c.WorthOfConversion).ToArray(),
                Curves = cells.Select(c => JsonSerializer.Serialize(c.Curves, Json.Options)).ToArray(),
                Impressions = cells.Select(c => c.Impressions).ToArray(),
                Clicks = cells.Select(c => c.Clicks).ToArray(),
                Conversions = cells.Select(c => c.Conversions).ToArray(),
                Spends = cells.Select(c => c.Spend).ToArray(),
                Values = cells.Select(c => c.Value).ToArray(),
                Explanations = cells.Select(c => c.Explanation).ToArray(),
            },
            ct
        );
    }

    /// <summary>Newest decision first.</summary>
    public static async Task<IReadOnlyList<AllocationView>> ReadAsync(AdsDatabase db, Guid? before, int take, CancellationToken ct)
    {
        var rows = await db.QueryAsync<AllocationRow>(ListSql, new { before, take }, ct);
        var ids = rows.Select(r => r.Id).ToArray();
        var cells = (await db.QueryAsync<CellRow>(ListCellsSql, new { ids }, ct)).ToLookup(c => c.AllocationId, c => c.ToCell());
        return [.. rows.Select(r => r.ToView([.. cells[r.Id]]))];
    }

    private sealed record AllocationRow
    {
        public AllocationRow() { }

        public AllocationRow(AllocationView view)
        {
            (Id, Date, Total, Currency) = (view.Id, view.Date, view.Total, view.Currency);
            (MinimumShare, MaximumDailyChange, Method, Seed, Draws) = (
                view.MinimumShare,
                view.MaximumDailyChange,
                view.Method,
                view.Seed,
                view.Draws
            );
            (Limits, Caution) = (JsonSerializer.Serialize(view.Limits, Json.Options), view.Caution);
            (LearntFrom, LearntTo, PreviousId) = (view.LearntFrom, view.LearntTo, view.PreviousId);
            (Notes, TraceId, DecidedAt) = ([.. view.Notes], view.TraceId, view.DecidedAt);
        }

        public Guid Id { get; init; }
        public DateOnly Date { get; init; }
        public decimal Total { get; init; }
        public string Currency { get; init; } = "";
        public double MinimumShare { get; init; }
        public double MaximumDailyChange { get; init; }
        public string Method { get; init; } = "";
        public int Seed { get; init; }
        public int Draws { get; init; }
        public string Limits { get; init; } = "[]";
        public int Caution { get; init; }
        public DateOnly LearntFrom { get; init; }
        public DateOnly LearntTo { get; init; }
        public Guid? PreviousId { get; init; }
        public string[] Notes { get; init; } = [];
        public string? TraceId { get; init; }
        public DateTimeOffset DecidedAt { get; init; }

        public AllocationView ToView(IReadOnlyList<AllocatedCell> cells) =>
            new(
                Id,
                Date,
                Total,
                Currency,
                MinimumShare,
                MaximumDailyChange,
                Method,
                Seed,
                Draws,
                JsonSerializer.Deserialize<LimitWanted[]>(Limits, Json.Options)!,
                Caution,
                LearntFrom,
                LearntTo,
                PreviousId,
                Notes,
                TraceId,
                DecidedAt,
                cells
            );
    }

    private sealed record CellRow(
        Guid AllocationId,
        string Channel,
        string? Campaign,
        string? Segment,
        decimal Amount,
        decimal? PreviousAmount,
        double Probability,
        double ExpectedReturn,
        double MarginalReturn,
        double WorthOfConversion,
        string Curves,
        long Impressions,
        long Clicks,
        long Conversions,
        decimal Spend,
        decimal? Value,
        string Explanation
    )
    {
        public AllocatedCell ToCell() =>
            new(
                Channel,
                Campaign,
                Segment,
                Amount,
                PreviousAmount,
                Probability,
                ExpectedReturn,
                MarginalReturn,
                WorthOfConversion,
                JsonSerializer.Deserialize<BelievedCurve[]>(Curves, Json.Options)!,
                Impressions,
                Clicks,
                Conversions,
                Spend,
                Value,
                Explanation
            );
    }

    private const string AllocationSql = """
        insert into allocations (id, date, total, currency, minimum_share, maximum_daily_change, method, seed, draws, limits, caution, learnt_from, learnt_to,
            previous_id, notes, trace_id, decided_at)
        values (@Id, @Date, @Total, @Currency, @MinimumShare, @MaximumDailyChange, @Method, @Seed, @Draws, @Limits::jsonb, @Caution, @LearntFrom, @LearntTo,
            @PreviousId, @Notes, @TraceId, @DecidedAt)
        """;

    private const string CellsSql = """
        insert into allocation_cells (allocation_id, channel, campaign, segment, amount, previous_amount, probability, expected_return,
            marginal_return, worth_of_conversion, curves, impressions, clicks, conversions, spend, value, explanation)
        select @Id, c.*
        from unnest(
            @Channels::text[], @Campaigns::text[], @Segments::text[], @Amounts::numeric[], @PreviousAmounts::numeric[],
            @Probabilities::float8[], @ExpectedReturns::float8[], @MarginalReturns::float8[], @Worths::float8[], @Curves::jsonb[],
            @Impressions::bigint[], @Clicks::bigint[], @Conversions::bigint[], @Spends::numeric[], @Values::numeric[], @Explanations::text[]
        ) as c
        """;

    private const string ListSql = """
        select id, date, total, currency, minimum_share, maximum_daily_change, method, seed, draws, limits::text as limits, caution, learnt_from,
            learnt_to, previous_id, notes, trace_id, decided_at
        from allocations
        where @before::uuid is null or id < @before
        order by id desc limit @take
        """;

    private const string ListCellsSql = """
        select allocation_id, channel, nullif(campaign, '') as campaign, nullif(segment, '') as segment, amount, previous_amount,
            probability, expected_return, marginal_return, worth_of_conversion, curves::text as curves, impressions, clicks, conversions,
            spend, value, explanation
        from allocation_cells c
        where allocation_id = any(@ids)
        order by c.channel, c.campaign, c.segment
        """;
}
