using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Segmentation.Segments;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Segmentation.Channels;

/// <param name="Net">What a customer of the segment brings on the channel, less its cost; null where nobody was reached by it yet.</param>
/// <param name="Members">Those whose best channel it is.</param>
internal sealed record ReachChannel(string Channel, Pooled? Net, long Members);

/// <param name="Channel">The best of those that the member allows; null where there is none.</param>
internal sealed record ReachedMember(Guid CustomerId, string? Channel);

/// <param name="Channels">Best first.</param>
/// <param name="Unreachable">Members who allow none of them.</param>
internal sealed record ReachView(
    string Segment,
    string Currency,
    IReadOnlyList<ReachChannel> Channels,
    long Unreachable,
    IReadOnlyList<ReachedMember> Items,
    string? NextCursor
);

/// <summary>
/// <c>GET /api/v1/segments/{segment}/reach</c>: by which channel to reach each member: the channel with the highest net value in the segment
/// that the member allows. Mail needs an address and the consent to marketing, chat and ads need theirs; ads are named for segments
/// meant for ads only.
/// </summary>
internal static class ShowReach
{
    private const string Email = "email";
    private const string Chat = "chat";

    /// <summary>Paid for by nature; others are when money was recorded for them.</summary>
    private static readonly string[] Advertising = ["social", "search", "display"];

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Segments + "/{segment}/reach", Handle)
            .RequireScope(Scope.Read)
            .WithName("showSegmentReach")
            .WithSummary("The best channel that each member allows, and members by channel; channel= lists those of one.");

    internal static async Task<Results<Ok<ReachView>, ProblemHttpResult>> Handle(
        string segment,
        string? channel,
        int? limit,
        string? cursor,
        SegmentationDatabase db,
        MeasuredChannels measured,
        IOptions<Shop> shop,
        CancellationToken ct
    )
    {
        if (!Limit.TryRead(limit, out var take, out var error))
            return Problem.Invalid(error);
        if (!Cursor.TryRead(cursor, out var after, out var badCursor))
            return Problem.Invalid(badCursor);
        var channels = await measured.ReadAsync(laterPage: after is not null, ct);
        await using var work = await db.BeginAsync(ct);
        if (await ShowSegment.FindAsync(work, segment, ct) is not { } found)
            return ShowSegment.NotFound(segment);
        var paid = await work.QueryAsync<string>("select distinct channel from channel_spend where spend > 0", null, ct);
        var ranked = Rank(channels.Of(found.Key).Cells, paid, found.ForAds);
        var asked = new
        {
            found.Id,
            Channels = ranked.Select(r => r.Channel).ToArray(),
            Purposes = ranked.Select(r => r.Purpose).ToArray(),
            channel,
            after,
            Take = take + 1,
        };
        var counts = (await work.QueryAsync<Count>(BestSql + CountsSql, asked, ct)).ToDictionary(c => c.Channel ?? "", c => c.Members);
        var members = await work.QueryAsync<ReachedMember>(BestSql + MembersSql, asked, ct);
        var page = Pages.Of(members, take, member => member.CustomerId);
        return TypedResults.Ok(
            new ReachView(
                found.Key,
                shop.Value.Currency,
                [.. ranked.Select(r => new ReachChannel(r.Channel, r.Net, counts.GetValueOrDefault(r.Channel)))],
                counts.GetValueOrDefault(""),
                page.Items,
                page.NextCursor
            )
        );
    }

    internal sealed record Ranked(string Channel, string Purpose, Pooled? Net);

    /// <summary>
    /// Channels by which a customer can be addressed, best first; what customers come by themselves (web, shop) is none. Mail and chat are there
    /// without data too, behind those of which something is known.
    /// </summary>
    internal static IReadOnlyList<Ranked> Rank(IReadOnlyList<ChannelCell> cells, IEnumerable<string> paid, bool forAds)
    {
        var ads = paid.Concat(Advertising).Where(c => c is not (Email or Chat)).ToHashSet();
        var known = cells.OrderByDescending(c => c.Net.Estimate).ThenBy(c => c.Channel, StringComparer.Ordinal).ToList();
        return
        [
            .. known
                .Select(c => (c.Channel, Net: (Pooled?)c.Net))
                .Concat(
                    new[] { Email, Chat }.Where(c => known.TrueForAll(k => k.Channel != c)).Select(c => (Channel: c, Net: (Pooled?)null))
                )
                .Select(c => (c.Channel, Purpose: PurposeOf(c.Channel), c.Net))
                .Where(c => c.Purpose is not null)
                .Select(c => new Ranked(c.Channel, c.Purpose!, c.Net)),
        ];

        string? PurposeOf(string channel) =>
            channel switch
            {
                Email => ConsentPurposes.EmailMarketing,
                Chat => ConsentPurposes.Chat,
                _ => forAds && ads.Contains(channel) ? ConsentPurposes.AdsAudience : null,
            };
    }

    private sealed record Count(string? Channel, long Members);

    private const string BestSql = """
        with
        members as (select customer_id from memberships where segment_id = @Id),
        said as (
            select distinct on (1, 2) m.customer_id, c.purpose, c.granted
            from members m
            cross join lateral (select m.customer_id as id union all select from_id from merges where root_id = m.customer_id) who
            join consents c on c.origin_id = who.id
            where c.purpose = any (@Purposes)
            order by 1, 2, c.at desc, c.granted
        ),
        allowed as (select customer_id, array_agg(purpose) as purposes from said where granted group by 1),
        best as (
            select m.customer_id, (
                select way.channel from unnest(@Channels::text[], @Purposes::text[]) with ordinality as way (channel, purpose, place)
                where way.purpose = any (a.purposes) and (way.channel <> 'email' or (own.traits ->> 'has_email')::boolean)
                order by way.place limit 1
            ) as channel
            from members m left join allowed a using (customer_id) left join customers own on own.origin_id = m.customer_id
        )

        """;

    private const string CountsSql = "select channel, count(*) as members from best group by 1";

    private const string MembersSql = """
        select customer_id, channel from best
        where (@channel::text is null or channel = @channel) and (@after::uuid is null or customer_id > @after)
        order by customer_id limit @Take
        """;
}
