using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Contracts.Segmentation;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Customers.Timeline;

/// <summary>Mails left for customers.</summary>
internal sealed class EmailsSentConsumer(InboxServices<CustomersDatabase> inbox, TimeProvider clock)
    : InboxConsumer<CustomersDatabase, EmailsSent>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<EmailsSent>> messages, UnitOfWork work, CancellationToken ct) =>
        StoreEntries.StoreAsync(
            work,
            [
                .. messages
                    .SelectMany(m => m.Message.Mails)
                    .Select(m => new TimelineEntry(m.CustomerId, "mail", m.Subject, new { m.Automation, m.MailId }, m.At)),
            ],
            clock.GetUtcNow(),
            ct
        );
}

/// <summary>The customer came into a segment.</summary>
internal sealed class SegmentEnteredConsumer(InboxServices<CustomersDatabase> inbox, TimeProvider clock)
    : InboxConsumer<CustomersDatabase, SegmentEntered>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<SegmentEntered>> messages, UnitOfWork work, CancellationToken ct) =>
        StoreEntries.StoreAsync(
            work,
            [
                .. messages
                    .Select(m => m.Message)
                    .Select(m => new TimelineEntry(m.CustomerId, "segment-entered", m.Segment, new { m.SegmentId }, m.At)),
            ],
            clock.GetUtcNow(),
            ct
        );
}

/// <summary>The customer left a segment.</summary>
internal sealed class SegmentLeftConsumer(InboxServices<CustomersDatabase> inbox, TimeProvider clock)
    : InboxConsumer<CustomersDatabase, SegmentLeft>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<SegmentLeft>> messages, UnitOfWork work, CancellationToken ct) =>
        StoreEntries.StoreAsync(
            work,
            [
                .. messages
                    .Select(m => m.Message)
                    .Select(m => new TimelineEntry(m.CustomerId, "segment-left", m.Segment, new { m.SegmentId }, m.At)),
            ],
            clock.GetUtcNow(),
            ct
        );
}
