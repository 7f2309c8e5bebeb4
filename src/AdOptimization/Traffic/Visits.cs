using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.AdOptimization.Traffic;

/// <summary>An order by whom, merges followed.</summary>
internal sealed record OrderSeen(Guid Person, DateTimeOffset At, decimal Total);

/// <summary>Visits and orders of a range of days, with what is invalid.</summary>
/// <param name="Judged">Visits, oldest first; from <see cref="Window"/> before the range on.</param>
/// <param name="Orders">In one currency, oldest first.</param>
internal sealed record Visits(IReadOnlyList<(VisitSeen Visit, string? Invalid)> Judged, IReadOnlyList<OrderSeen> Orders)
{
    /// <summary>Longest time from a click to the order it is credited with.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromDays(30);

    public static async Task<Visits> ReadAsync(
        UnitOfWork work,
        DateOnly from,
        DateOnly to,
        string currency,
        ShopDay day,
        CancellationToken ct
    )
    {
        var args = new
        {
            First = (day.StartOf(from) - Window).UtcDateTime,
            End = day.StartOf(to.AddDays(1)).UtcDateTime,
            Begin = day.StartOf(from).UtcDateTime,
            LastOrder = (day.StartOf(to.AddDays(1)) + Window).UtcDateTime,
            currency,
        };
        var visits = await work.QueryAsync<VisitRow>(VisitsSql, args, ct);
        var orders = await work.QueryAsync<OrderSeen>(OrdersSql, args, ct);
        return new(
            InvalidTraffic.Judge(
                visits.Select(v => new VisitSeen(v.Person, v.At, day.Of(v.At), v.ClickKind, v.ClickId, v.Channel, v.Campaign, v.IsMachine))
            ),
            orders
        );
    }

    /// <param name="valid">As <see cref="Valid"/> gives them.</param>
    /// <returns>Those of whoever ordered, within the window before, oldest first.</returns>
    public static IEnumerable<VisitSeen> Before(OrderSeen order, ILookup<Guid, VisitSeen> valid) =>
        valid[order.Person].Where(v => v.At <= order.At && order.At - v.At <= Window);

    /// <returns>Visits of each person that count, oldest first.</returns>
    public ILookup<Guid, VisitSeen> Valid => Judged.Where(j => j.Invalid is null).ToLookup(j => j.Visit.Person, j => j.Visit);

    private sealed record VisitRow(
        Guid Person,
        DateTimeOffset At,
        string ClickKind,
        string ClickId,
        string Channel,
        string Campaign,
        bool IsMachine
    );

    // A source that performance knows as a channel is that channel: what a feed calls "instagram" is not "social" here.
    private const string VisitsSql = """
        select coalesce(m.root_id, v.customer_id) as person, v.at, v.click_kind, v.click_id,
            case when v.source in (select channel from performance) then v.source else v.channel end as channel, v.campaign, v.is_machine
        from ad_visits v left join merges m on m.from_id = v.customer_id
        where v.at >= @First and v.at < @End
        """;

    private const string OrdersSql = """
        select coalesce(m.root_id, o.customer_id) as person, o.at, o.total
        from ad_orders o left join merges m on m.from_id = o.customer_id
        where o.at >= @Begin and o.at < @LastOrder and o.currency = @currency
        order by o.at, o.order_id
        """;
}
