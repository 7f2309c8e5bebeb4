using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Segmentation.Channels;

/// <param name="Days">How far back touches, orders and spend were looked at.</param>
/// <param name="Currency">Of all money; orders and spend in other currencies are left out.</param>
/// <param name="Best">For each segment the channel to reach it by.</param>
internal sealed record ChannelsView(
    int Days,
    int WindowDays,
    string Currency,
    double Confidence,
    IReadOnlyList<BestChannel> Best,
    IReadOnlyList<ChannelCell> Cells
);

/// <summary>
/// What each channel does in each segment of the shop, from events that say their channel (mails among them), orders and spend. A customer
/// counts in every segment that they belong to now.
/// </summary>
internal static class ShowChannels
{
    public const int Days = 90;
    private const int WindowDays = 30;
    private const double Confidence = 0.9;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Segments + "/channels", Handle)
            .RequireScope(Scope.Read)
            .WithName("showChannelEffectiveness")
            .WithSummary("Reach, engagement, conversion, revenue and cost of each channel in each segment, and the best channel of each.");

    internal static async Task<Results<Ok<ChannelsView>, ProblemHttpResult>> Handle(
        int? days,
        string? segment,
        SegmentationDatabase db,
        IOptions<Shop> shop,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (days is < 1 or > 400)
            return Problem.Invalid(new FieldError("days", "Give a whole number from 1 to 400."));
        await using var work = await db.BeginAsync(ct);
        return TypedResults.Ok(await ReadAsync(work, days ?? Days, segment, shop.Value, clock.GetUtcNow(), ct));
    }

    /// <param name="segment">Whose cells are wanted; null for all. All are computed: small segments are drawn towards the others.</param>
    internal static async Task<ChannelsView> ReadAsync(
        UnitOfWork work,
        int days,
        string? segment,
        Shop shop,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var what = new
        {
            Since = now.AddDays(-days),
            now,
            shop.Currency,
            shop.TimeZone,
        };
        var touches = await work.QueryAsync<TouchRow>(TouchesSql, what, ct);
        var purchases = await work.QueryAsync<PurchaseRow>(PurchasesSql, what, ct);
        var spend = await work.QueryAsync<SpendRow>(SpendSql, what, ct);

        // Each segment apart: an order of a customer counts in all of theirs.
        var bought = purchases.ToLookup(p => p.CustomerId);
        var cells = ChannelEffectiveness.Of(
            [.. touches.Select(t => new Touch($"{t.Segment}/{t.CustomerId}", t.Segment, t.Channel, t.At, t.Engaged))],
            [
                .. from member in touches.Select(t => (t.Segment, t.CustomerId)).Distinct()
                from p in bought[member.CustomerId]
                select new Purchase($"{member.Segment}/{member.CustomerId}", p.At, p.Value),
            ],
            Overlapping([.. touches.Select(t => (t.Segment, t.Channel, t.CustomerId))], spend),
            TimeSpan.FromDays(WindowDays)
        );
        if (segment is not null)
            cells = [.. cells.Where(c => c.Segment == segment)];
        return new ChannelsView(days, WindowDays, shop.Currency, Confidence, ChannelEffectiveness.Best(cells), cells);
    }

    /// <summary>
    /// Customers of several segments are counted once in each; so that reaching one costs what it costs, spend grows by the same factor.
    /// </summary>
    internal static IReadOnlyCollection<Spend> Overlapping(
        IReadOnlyCollection<(string Segment, string Channel, Guid Customer)> touches,
        IEnumerable<SpendRow> spend
    )
    {
        var factor = touches
            .Distinct()
            .GroupBy(t => t.Channel)
            .ToDictionary(g => g.Key, g => (decimal)g.Count() / g.Select(t => t.Customer).Distinct().Count());
        return [.. spend.Select(s => new Spend(default, s.Channel, s.Amount * factor.GetValueOrDefault(s.Channel, 1)))];
    }

    private sealed record TouchRow(Guid CustomerId, string Segment, string Channel, DateTimeOffset At, bool Engaged);

    private sealed record PurchaseRow(Guid CustomerId, DateTimeOffset At, decimal Value);

    internal sealed record SpendRow(string Channel, decimal Amount);

    // One row a customer, channel and day: that is a touch. Being sent a mail reaches; everything else engages.
    private const string TouchesSql = """
        select coalesce(g.root_id, e.origin_id) as customer_id, s.key as segment, e.channel, max(e.at) as at,
               bool_or(e.name <> 'email delivered') as engaged
        from events e
        left join merges g on g.from_id = e.origin_id
        join memberships m on m.customer_id = coalesce(g.root_id, e.origin_id)
        join segments s on s.id = m.segment_id
        where e.channel is not null and e.at > @Since and e.at <= @now
        group by 1, 2, 3, e.at::date
        """;

    private const string PurchasesSql = """
        select coalesce(g.root_id, o.origin_id) as customer_id, o.at, o.value
        from (
            select origin_id, at, total as value from orders where currency = @Currency and at > @Since and at <= @now
            union all
            select origin_id, at, -amount from refunds where currency = @Currency and at > @Since and at <= @now
        ) o left join merges g on g.from_id = o.origin_id
        """;

    private const string SpendSql = """
        select channel, sum(spend) as amount from channel_spend
        where currency = @Currency and date > (@Since at time zone @TimeZone)::date and date <= (@now at time zone @TimeZone)::date
        group by channel
        """;
}
