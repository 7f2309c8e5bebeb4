using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Segmentation.Rules;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Segmentation.Customers;

/// <summary>Keeps events for rules, and counts activity for each customer and day of the shop: sums, so that the order of arrival does not matter.</summary>
internal sealed class BehaviourBatchConsumer(InboxServices<SegmentationDatabase> inbox, IOptions<Shop> shop, TimeProvider clock)
    : InboxConsumer<SegmentationDatabase, BehaviourBatch>(inbox)
{
    private static readonly TimeSpan News = TimeSpan.FromDays(1);
    private readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(shop.Value.TimeZone);

    public override async Task HandleAsync(IReadOnlyList<Received<BehaviourBatch>> messages, UnitOfWork work, CancellationToken ct)
    {
        var days = Count(messages.SelectMany(m => m.Message.Events), zone);
        if (days.Count == 0)
            return;
        await work.ExecuteAsync(
            Sql,
            new
            {
                Ids = days.ConvertAll(d => d.CustomerId).ToArray(),
                Days = days.ConvertAll(d => d.Day).ToArray(),
                Events = days.ConvertAll(d => d.Events).ToArray(),
                PageViews = days.ConvertAll(d => d.PageViews).ToArray(),
                ProductViews = days.ConvertAll(d => d.ProductViews).ToArray(),
                First = days.ConvertAll(d => d.FirstAt.UtcDateTime).ToArray(),
                Last = days.ConvertAll(d => d.LastAt.UtcDateTime).ToArray(),
            },
            ct
        );
        await StoreEvents.StoreAsync(work, [.. messages.SelectMany(m => m.Message.Events).Select(Observe)], clock.GetUtcNow() - News, ct);
    }

    /// <summary>Pages and screens are events by the names of the Segment specification; their own names are a property.</summary>
    internal static Observed Observe(BehaviourEvent e) =>
        e.Kind switch
        {
            "page" => Observed.Of(e.EventId, e.CustomerId, "Page Viewed", e.Channel, e.Properties, e.At, ("page", e.Name)),
            "screen" => Observed.Of(e.EventId, e.CustomerId, "Screen Viewed", e.Channel, e.Properties, e.At, ("screen", e.Name)),
            _ => Observed.Of(e.EventId, e.CustomerId, e.Name ?? e.Kind, e.Channel, e.Properties, e.At, ("product_id", e.ProductId)),
        };

    internal static List<ActivityDay> Count(IEnumerable<BehaviourEvent> events, TimeZoneInfo zone) =>
        [
            .. events
                .GroupBy(e => (e.CustomerId, Day: DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(e.At, zone).DateTime)))
                .Select(day => new ActivityDay(
                    day.Key.CustomerId,
                    day.Key.Day,
                    day.Count(),
                    day.Count(e => e.Kind is "page" or "screen"),
                    day.Count(e => e.ProductId is not null),
                    day.Min(e => e.At),
                    day.Max(e => e.At)
                )),
        ];

    internal sealed record ActivityDay(
        Guid CustomerId,
        DateOnly Day,
        int Events,
        int PageViews,
        int ProductViews,
        DateTimeOffset FirstAt,
        DateTimeOffset LastAt
    );

    private static readonly string Sql = $"""
        {SegmentationDatabase.SharedWithErasure}
        -- Of all segments over everybody only 'new' asks for behaviour, and only for the first.
        insert into changes
        select where exists (
            select from unnest(@Ids::uuid[], @First::timestamptz[]) as news (id, first) left join customers c on c.origin_id = news.id
            where c.origin_id is null or news.first < c.first_seen_at);
        insert into customers as c (origin_id, first_seen_at, last_seen_at)
        select id, min(first), max(last)
        from unnest(@Ids::uuid[], @First::timestamptz[], @Last::timestamptz[]) as news (id, first, last)
        where {SegmentationDatabase.NotErased("id")}
        group by id order by id
        on conflict (origin_id) do update set
            first_seen_at = least(c.first_seen_at, excluded.first_seen_at), last_seen_at = greatest(c.last_seen_at, excluded.last_seen_at)
        where excluded.first_seen_at < c.first_seen_at or excluded.last_seen_at > c.last_seen_at;
        insert into activity_days as a (origin_id, day, events, page_views, product_views)
        select id, day, events, page_views, product_views
        from unnest(@Ids::uuid[], @Days::date[], @Events::int[], @PageViews::int[], @ProductViews::int[])
            as news (id, day, events, page_views, product_views)
        where {SegmentationDatabase.NotErased("id")}
        order by id, day
        on conflict (origin_id, day) do update set
            events = a.events + excluded.events,
            page_views = a.page_views + excluded.page_views,
            product_views = a.product_views + excluded.product_views;
        """;
}
