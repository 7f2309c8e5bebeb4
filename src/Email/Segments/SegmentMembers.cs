using System.Text.Json;
using MarketingPlatform.Contracts.Segmentation;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Automations.Running;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Email.Segments;

/// <summary>Who is in which segment, for parts of mails that only some see. This service's own copy of what Segmentation publishes.</summary>
internal static class SegmentMembers
{
    /// <returns>Keys of the segments that any id of the person belongs to.</returns>
    public static Task<IReadOnlyList<string>> OfAsync(EmailDatabase db, Guid customerId, CancellationToken ct) =>
        db.QueryAsync<string>(
            """
            select distinct segment from segment_members
            where is_member and customer_id in (
                select @Id union
                select same.customer_id from recipients asked join recipients same using (canonical_id) where asked.customer_id = @Id)
            order by segment
            """,
            new { Id = customerId },
            ct
        );

    internal static AutomationEvent ToEvent(Guid id, Guid customer, string name, string segment, DateTimeOffset at, string? trace) =>
        new(id, customer, name, at, JsonSerializer.SerializeToElement(new { segment }), trace);

    internal sealed record Change(Guid CustomerId, string Segment, bool IsMember, DateTimeOffset At);

    public static Task ApplyAsync(UnitOfWork work, IEnumerable<Change> changes, CancellationToken ct)
    {
        var newest = changes.GroupBy(c => (c.CustomerId, c.Segment)).Select(group => group.MaxBy(c => c.At)!).ToArray();
        return work.ExecuteAsync(
            """
            insert into segment_members (customer_id, segment, is_member, at)
            select m.* from unnest(@Ids::uuid[], @Segments::text[], @Members::boolean[], @Times::timestamptz[])
                as m (customer_id, segment, is_member, at)
            where not is_erased(m.customer_id)
            order by m.customer_id, m.segment
            on conflict (customer_id, segment) do update set is_member = excluded.is_member, at = excluded.at
            where excluded.at > segment_members.at
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

internal sealed class SegmentEnteredConsumer(InboxServices<EmailDatabase> inbox, AutomationIntake intake)
    : InboxConsumer<EmailDatabase, SegmentEntered>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<SegmentEntered>> messages, UnitOfWork work, CancellationToken ct)
    {
        await work.ExecuteAsync(EmailDatabase.LockPeopleShared, null, ct);
        await SegmentMembers.ApplyAsync(
            work,
            messages.Select(m => new SegmentMembers.Change(m.Message.CustomerId, m.Message.Segment, true, m.Message.At)),
            ct
        );
        await intake.HandleAsync(
            work,
            messages.Select(m =>
                SegmentMembers.ToEvent(
                    m.MessageId,
                    m.Message.CustomerId,
                    EventNames.SegmentEntered,
                    m.Message.Segment,
                    m.Message.At,
                    m.TraceParent
                )
            ),
            ct
        );
    }
}

internal sealed class SegmentLeftConsumer(InboxServices<EmailDatabase> inbox, AutomationIntake intake)
    : InboxConsumer<EmailDatabase, SegmentLeft>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<SegmentLeft>> messages, UnitOfWork work, CancellationToken ct)
    {
        await work.ExecuteAsync(EmailDatabase.LockPeopleShared, null, ct);
        await SegmentMembers.ApplyAsync(
            work,
            messages.Select(m => new SegmentMembers.Change(m.Message.CustomerId, m.Message.Segment, false, m.Message.At)),
            ct
        );
        await intake.HandleAsync(
            work,
            messages.Select(m =>
                SegmentMembers.ToEvent(
                    m.MessageId,
                    m.Message.CustomerId,
                    EventNames.SegmentLeft,
                    m.Message.Segment,
                    m.Message.At,
                    m.TraceParent
                )
            ),
            ct
        );
    }
}
