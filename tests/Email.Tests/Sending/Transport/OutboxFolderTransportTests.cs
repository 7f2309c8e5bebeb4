using MarketingPlatform.Email.Sending.Transport;
using Microsoft.Extensions.Options;
using MimeKit;
using Xunit;

namespace MarketingPlatform.Email.Tests.Sending.Transport;

public sealed class OutboxFolderTransportTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("outbox-");
    private readonly OutgoingMail mail = new(
        Guid.Parse("0198c0de-0000-7000-8000-000000000001"),
        "welcome",
        new DateTimeOffset(2026, 11, 23, 9, 5, 7, TimeSpan.Zero)
    );

    private OutboxFolderTransport Transport(string? directory = null) =>
        new(Options.Create(new EmailOptions { OutboxDirectory = directory ?? folder.FullName }));

    private static MimeMessage Message(string subject) =>
        new(
            [new MailboxAddress("", "news@shop.example")],
            [new MailboxAddress("", "anna@example.com")],
            subject,
            new TextPart("plain") { Text = "Hi" }
        );

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_mail_becomes_a_file_named_after_time_automation_and_id()
    {
        var delivery = await Transport().DeliverAsync(mail, Message("One"), TestContext.Current.CancellationToken);

        Assert.Equal(DeliveryOutcome.Delivered, delivery.Outcome);
        Assert.Equal(Path.Combine(folder.FullName, "20261123T090507-welcome-0198c0de000070008000000000000001.eml"), delivery.Detail);
        Assert.Equal("One", (await MimeMessage.LoadAsync(delivery.Detail, TestContext.Current.CancellationToken)).Subject);
        Assert.Equal(delivery.Detail, Assert.Single(folder.GetFiles()).FullName);
    }

    [Fact]
    public async Task A_second_delivery_of_the_same_mail_keeps_the_first_file()
    {
        await Transport().DeliverAsync(mail, Message("One"), TestContext.Current.CancellationToken);
        var again = await Transport().DeliverAsync(mail, Message("Two"), TestContext.Current.CancellationToken);

        Assert.Equal(DeliveryOutcome.Delivered, again.Outcome);
        Assert.Equal(again.Detail, Transport().FindDelivered(mail));
        Assert.Equal("One", (await MimeMessage.LoadAsync(again.Detail, TestContext.Current.CancellationToken)).Subject);
    }

    [Fact]
    public async Task Half_a_file_of_a_crash_is_no_delivery()
    {
        await Transport().DeliverAsync(mail, Message("One"), TestContext.Current.CancellationToken);
        var path = Assert.Single(folder.GetFiles()).FullName;
        File.Move(path, path + ".part");

        Assert.Null(Transport().FindDelivered(mail));
        var delivery = await Transport().DeliverAsync(mail, Message("Two"), TestContext.Current.CancellationToken);
        Assert.Equal("Two", (await MimeMessage.LoadAsync(delivery.Detail, TestContext.Current.CancellationToken)).Subject);
        Assert.Single(folder.GetFiles());
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_told_and_tried_again_later()
    {
        var file = Path.Combine(folder.FullName, "not-a-folder");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);

        var delivery = await Transport(file).DeliverAsync(mail, Message("One"), TestContext.Current.CancellationToken);

        Assert.Equal(DeliveryOutcome.Unreachable, delivery.Outcome);
        Assert.Contains("not-a-folder", delivery.Detail);
    }
}
