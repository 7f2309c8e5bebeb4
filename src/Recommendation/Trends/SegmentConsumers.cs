using MarketingPlatform.Contracts.Segmentation;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Recommendation.Trends;

/// <summary>Who is in which segment, as Segmentation publishes it; the latest word by event time holds.</summary>
internal static class SegmentMembers
{
    internal sealed record Change(Guid CustomerId, string Segment, bool IsMember, DateTimeOffset At);

    public static Task ApplyAsync(UnitOfWork work, IEnumerable<Change> changes, CancellationToken ct)
    {
        var newest = changes.GroupBy(c => (c.CustomerId, c.Segment)).Select(group => group.MaxBy(c => c.At)!).ToArray();
        return work.ExecuteAsync(
            """
            insert into segment_members as known (customer_id, segment, is_member, at)
            select * from unnest(@Ids::uuid[], @Segments::text[], @Members::boolean[], @Times::timestamptz[])
                as m (customer_id, segment, is_member, at)
            where not is_erased(m.customer_id)
            order by m.customer_id, m.segment
            on conflict (customer_id, segment) do update set is_member = excluded.is_member, at = excluded.at
            where excluded.at > known.at
            """,
            new
            {
                Ids = newest.Select(c => c.CustomerId).ToArray(),
                Segments = newest.Select(c => c.Segment).ToArray(),
                Members = newest.Select(c => c.IsMember).ToArray(),
                Times = newest.Select(c => c.At.ToUniversalTime()).ToArray(),
            },
            ct
        );
    }
}

internal sealed class SegmentEnteredConsumer(InboxServices<RecommendationDatabase> inbox)
    : InboxConsumer<RecommendationDatabase, SegmentEntered>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<SegmentEntered>> messages, UnitOfWork work, CancellationToken ct) =>
        SegmentMembers.ApplyAsync(
            work,
            messages.Select(m => new SegmentMembers.Change(m.Message.CustomerId, m.Message.Segment, true, m.Message.At)),
            ct
        );
}

internal sealed class SegmentLeftConsumer(InboxServices<RecommendationDatabase> inbox)
    : InboxConsumer<RecommendationDatabase, SegmentLeft>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<SegmentLeft>> messages, UnitOfWork work, CancellationToken ct) =>
        SegmentMembers.ApplyAsync(
            work,
            messages.Select(m => new SegmentMembers.Change(m.Message.CustomerId, m.Message.Segment, false, m.Message.At)),
            ct
        );
}
