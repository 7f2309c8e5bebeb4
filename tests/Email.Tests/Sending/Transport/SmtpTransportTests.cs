using System.Diagnostics;
using System.Diagnostics.Metrics;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Email.Sending.Transport;
using MarketingPlatform.Platform.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using Xunit;

namespace MarketingPlatform.Email.Tests.Sending.Transport;

public sealed class SmtpTransportTests
{
    private static readonly OutgoingMail Mail = new(Guid.Parse("0198c0de-0000-7000-8000-000000000001"), "welcome", default);

    private static ServiceProvider Services(int port, int? perConnection = null) =>
        new ServiceCollection()
            .AddMetrics()
            .AddKeyedSingleton("email", (provider, _) => new ServiceTelemetry("email", provider.GetRequiredService<IMeterFactory>()))
            .AddSingleton<EmailTelemetry>()
            .AddSingleton(provider =>
                MailRoutes.CreateTransport(
                    new SmtpOptions
                    {
                        Host = "127.0.0.1",
                        Port = port,
                        Timeout = TimeSpan.FromSeconds(5),
                        PerConnection = perConnection,
                    },
                    provider.GetRequiredService<EmailTelemetry>(),
                    TimeProvider.System
                )
            )
            .BuildServiceProvider();

    private static MimeMessage Message(string subject = "Hello") =>
        new(
            [new MailboxAddress("Tea & Co", "news@shop.example")],
            [new MailboxAddress("Anna", "anna@example.com")],
            subject,
            new TextPart("plain") { Text = "Hi" }
        )
        {
            MessageId = "id@shop.example",
        };

    private static async Task<Delivery> DeliverAsync(int port)
    {
        await using var services = Services(port);
        return await services.GetRequiredService<SmtpTransport>().DeliverAsync(Mail, Message(), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_mail_reaches_the_server_as_it_was_built()
    {
        await using var sink = await SmtpSink.StartAsync();

        var delivery = await DeliverAsync(sink.Port);

        Assert.Equal(DeliveryOutcome.Delivered, delivery.Outcome);
        Assert.StartsWith($"smtp://127.0.0.1:{sink.Port}", delivery.Detail);
        var taken = await File.ReadAllTextAsync(Assert.Single(sink.Mails.GetFiles()).FullName, TestContext.Current.CancellationToken);
        Assert.Contains("Subject: Hello", taken);
        Assert.Contains("Message-Id: <id@shop.example>", taken);
        Assert.Contains("X-Rcpt-Args: <anna@example.com>", taken);
    }

    [Fact]
    public async Task Many_mails_share_one_connection()
    {
        await using var sink = await SmtpSink.StartAsync("-m", "1");
        await using var services = Services(sink.Port);
        var transport = services.GetRequiredService<SmtpTransport>();

        // The sink serves one connection at a time: a second one would never be answered while the first is open.
        for (var i = 0; i < 25; i++)
            Assert.Equal(
                DeliveryOutcome.Delivered,
                (await transport.DeliverAsync(Mail, Message($"Mail {i}"), TestContext.Current.CancellationToken)).Outcome
            );
        Assert.Equal(25, sink.Mails.GetFiles().Length);
    }

    [Theory]
    [InlineData("rcpt")]
    [InlineData("data")]
    [InlineData(".")]
    public async Task A_4xx_answer_means_later(string command)
    {
        await using var sink = await SmtpSink.StartAsync("-r", command);

        var delivery = await DeliverAsync(sink.Port);

        Assert.Equal(DeliveryOutcome.Deferred, delivery.Outcome);
        Assert.StartsWith("4", delivery.Detail);
    }

    [Theory]
    [InlineData("rcpt")]
    [InlineData("data")]
    [InlineData(".")]
    public async Task A_5xx_answer_is_final_and_keeps_the_servers_words(string command)
    {
        await using var sink = await SmtpSink.StartAsync("-f", command);

        var delivery = await DeliverAsync(sink.Port);

        Assert.Equal(DeliveryOutcome.Refused, delivery.Outcome);
        Assert.StartsWith("5", delivery.Detail);
    }

    [Theory]
    [InlineData("connect")]
    [InlineData("mail")]
    [InlineData("rcpt")]
    [InlineData("data")]
    public async Task A_connection_that_breaks_before_the_mail_did_certainly_not_deliver(string command)
    {
        await using var sink = await SmtpSink.StartAsync("-q", command);

        Assert.Equal(DeliveryOutcome.Unreachable, (await DeliverAsync(sink.Port)).Outcome);
    }

    [Fact]
    public async Task A_connection_that_breaks_between_the_mail_and_its_receipt_is_ambiguous_and_not_repeated()
    {
        await using var sink = await SmtpSink.StartAsync("-q", ".");

        Assert.Equal(DeliveryOutcome.Ambiguous, (await DeliverAsync(sink.Port)).Outcome);
        Assert.Single(sink.Mails.GetFiles());
    }

    [Fact]
    public async Task Nobody_at_the_address_is_told_with_the_address()
    {
        var port = SmtpSink.FreePort();

        var delivery = await DeliverAsync(port);

        Assert.Equal(DeliveryOutcome.Unreachable, delivery.Outcome);
        Assert.Contains($"127.0.0.1:{port}", delivery.Detail);
    }

    [Fact]
    public async Task A_connection_takes_as_many_mails_as_the_server_allows_and_no_more()
    {
        // The sink serves one connection at a time: a second is answered only when the first was given up.
        await using var sink = await SmtpSink.StartAsync("-m", "1");
        await using var keeps = Services(sink.Port);
        await using var services = Services(sink.Port, perConnection: 2);
        var transport = services.GetRequiredService<SmtpTransport>();

        for (var i = 0; i < 4; i++)
            Assert.Equal(
                DeliveryOutcome.Delivered,
                (await transport.DeliverAsync(Mail, Message(), TestContext.Current.CancellationToken)).Outcome
            );
        // After four mails over two connections none is open, so another client gets its turn.
        var other = await keeps.GetRequiredService<SmtpTransport>().DeliverAsync(Mail, Message(), TestContext.Current.CancellationToken);

        Assert.Equal(DeliveryOutcome.Delivered, other.Outcome);
        Assert.Equal(5, sink.Mails.GetFiles().Length);
    }

    [Fact]
    public async Task The_envelope_carries_the_return_path_and_a_domain_in_punycode()
    {
        await using var sink = await SmtpSink.StartAsync();
        await using var services = Services(sink.Port);
        var message = Message();
        message.To.Clear();
        message.To.Add(MimeMail.Recipient("anna@bücher.example")!);

        await services
            .GetRequiredService<SmtpTransport>()
            .DeliverAsync(
                Mail with
                {
                    Sender = new MailboxAddress(null, "bounces+x-y@shop.example"),
                },
                message,
                TestContext.Current.CancellationToken
            );

        var taken = await File.ReadAllTextAsync(Assert.Single(sink.Mails.GetFiles()).FullName, TestContext.Current.CancellationToken);
        Assert.Contains("X-Mail-Args: <bounces+x-y@shop.example>", taken);
        Assert.Contains("X-Rcpt-Args: <anna@xn--bcher-kva.example>", taken);
        Assert.Contains("To: anna@xn--bcher-kva.example", taken);
    }

    [Fact]
    public async Task An_address_in_other_letters_needs_a_server_that_knows_them()
    {
        await using var sink = await SmtpSink.StartAsync();
        await using var services = Services(sink.Port);
        var message = Message();
        message.To.Clear();
        message.To.Add(MimeMail.Recipient("用户@例子.example")!);

        var delivery = await services
            .GetRequiredService<SmtpTransport>()
            .DeliverAsync(Mail, message, TestContext.Current.CancellationToken);

        // smtp-sink does not offer SMTPUTF8.
        Assert.Equal(DeliveryOutcome.Refused, delivery.Outcome);
        Assert.Contains("SMTPUTF8", delivery.Detail);
        Assert.Empty(sink.Mails.GetFiles());
    }

    [Fact]
    public async Task The_hand_over_is_a_span_of_its_own()
    {
        List<Activity> ended = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "MarketingPlatform.Email",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
        await using var sink = await SmtpSink.StartAsync();
        using var cause = new Activity("test").Start();

        await DeliverAsync(sink.Port);

        Assert.Contains(ended, span => span.OperationName == "email.smtp_data" && span.TraceId == cause.TraceId);
    }
}
