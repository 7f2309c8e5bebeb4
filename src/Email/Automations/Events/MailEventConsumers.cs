using System.Text.Json;
using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Automations.Running;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Email.Automations.Events;

/// <summary>Tells automations who opened a mail: people, not machines.</summary>
internal sealed class EmailOpenedConsumer(InboxServices<EmailDatabase> inbox, AutomationIntake intake)
    : InboxConsumer<EmailDatabase, EmailOpened>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<EmailOpened>> messages, UnitOfWork work, CancellationToken ct) =>
        intake.HandleAsync(
            work,
            messages
                .Where(m => m.Message.Label == MailEventLabels.Human)
                .Select(m => new AutomationEvent(
                    m.Message.EventId,
                    m.Message.CustomerId,
                    EventNames.MailOpened,
                    m.Message.At,
                    JsonSerializer.SerializeToElement(new { mail_id = m.Message.MailId, template = m.Message.Template }),
                    m.TraceParent
                )),
            ct
        );
}

/// <summary>Tells automations who followed a link of a mail: people, not machines.</summary>
internal sealed class EmailClickedConsumer(InboxServices<EmailDatabase> inbox, AutomationIntake intake)
    : InboxConsumer<EmailDatabase, EmailClicked>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<EmailClicked>> messages, UnitOfWork work, CancellationToken ct) =>
        intake.HandleAsync(
            work,
            messages
                .Where(m => m.Message.Label == MailEventLabels.Human)
                .Select(m => new AutomationEvent(
                    m.Message.EventId,
                    m.Message.CustomerId,
                    EventNames.MailClicked,
                    m.Message.At,
                    JsonSerializer.SerializeToElement(
                        new
                        {
                            mail_id = m.Message.MailId,
                            template = m.Message.Template,
                            url = m.Message.Url,
                        }
                    ),
                    m.TraceParent
                )),
            ct
        );
}
