using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Segmentation.Rules;

/// <summary>Mails become events under the names of the Segment specification, beside those that a shop tracks itself.</summary>
internal sealed class EmailsSentConsumer(InboxServices<SegmentationDatabase> inbox) : InboxConsumer<SegmentationDatabase, EmailsSent>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<EmailsSent>> messages, UnitOfWork work, CancellationToken ct) =>
        MailEvents.StoreAsync(
            work,
            from m in messages
            from mail in m.Message.Mails
            select Observed.Of(
                mail.MailId,
                mail.CustomerId,
                Vocabulary.MailVerbs["received"],
                MailEvents.Channel,
                null,
                mail.At,
                ("automation", mail.Automation),
                ("subject", mail.Subject)
            ),
            ct
        );
}

/// <summary>Opens by people only: what a privacy proxy or a scanner loads says nothing about a customer.</summary>
internal sealed class EmailOpenedConsumer(InboxServices<SegmentationDatabase> inbox)
    : InboxConsumer<SegmentationDatabase, EmailOpened>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<EmailOpened>> messages, UnitOfWork work, CancellationToken ct) =>
        MailEvents.StoreAsync(
            work,
            from m in messages.Select(m => m.Message)
            where m.Label == MailEventLabels.Human
            select Observed.Of(
                m.EventId,
                m.CustomerId,
                Vocabulary.MailVerbs["opened"],
                MailEvents.Channel,
                null,
                m.At,
                ("template", m.Template)
            ),
            ct
        );
}

internal sealed class EmailClickedConsumer(InboxServices<SegmentationDatabase> inbox)
    : InboxConsumer<SegmentationDatabase, EmailClicked>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<EmailClicked>> messages, UnitOfWork work, CancellationToken ct) =>
        MailEvents.StoreAsync(
            work,
            from m in messages.Select(m => m.Message)
            where m.Label == MailEventLabels.Human
            select Observed.Of(
                m.EventId,
                m.CustomerId,
                Vocabulary.MailVerbs["clicked"],
                MailEvents.Channel,
                null,
                m.At,
                ("template", m.Template),
                ("url", m.Url)
            ),
            ct
        );
}

internal sealed class EmailUnsubscribedConsumer(InboxServices<SegmentationDatabase> inbox)
    : InboxConsumer<SegmentationDatabase, EmailUnsubscribed>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<EmailUnsubscribed>> messages, UnitOfWork work, CancellationToken ct) =>
        MailEvents.StoreAsync(
            work,
            messages.Select(m =>
                Observed.Of(
                    m.MessageId,
                    m.Message.CustomerId,
                    "Unsubscribed",
                    MailEvents.Channel,
                    null,
                    m.Message.At,
                    ("source", m.Message.Source)
                )
            ),
            ct
        );
}

internal static class MailEvents
{
    public const string Channel = "email";

    public static async Task StoreAsync(UnitOfWork work, IEnumerable<Observed> events, CancellationToken ct)
    {
        await work.ExecuteAsync(SegmentationDatabase.SharedWithErasure, null, ct);
        await StoreEvents.StoreAsync(work, [.. events], DateTimeOffset.UnixEpoch, ct);
    }
}
