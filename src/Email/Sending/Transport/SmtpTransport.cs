using System.Collections.Concurrent;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MarketingPlatform.Email.Deliverability;
using MimeKit;
using Polly;
using Polly.CircuitBreaker;

namespace MarketingPlatform.Email.Sending.Transport;

/// <summary>
/// Hands mails to one mail server over connections that stay open. The answer tells apart what the mail met (4xx, 5xx), what the route met
/// (no connection, refused login) and what nobody can know (the line broke between the mail and its receipt).
/// </summary>
internal sealed class SmtpTransport(SmtpOptions smtp, ResiliencePipeline<Delivery> route, EmailTelemetry telemetry, TimeProvider clock)
    : IMailTransport,
        IDisposable
{
    /// <summary>Servers close idle connections; an older one is not trusted.</summary>
    private static readonly TimeSpan MaxIdle = TimeSpan.FromSeconds(30);

    private static readonly FormatOptions International = CreateInternational();

    private readonly ConcurrentBag<Connection> idle = [];

    public bool IsIdempotent => false;

    public string? FindDelivered(OutgoingMail mail) => null;

    public async Task<Delivery> DeliverAsync(OutgoingMail mail, MimeMessage message, CancellationToken ct)
    {
        using var activity = telemetry.StartSmtp();
        activity?.SetTag("server.address", smtp.Host).SetTag("server.port", smtp.Port);
        try
        {
            var delivery = await route.ExecuteAsync(async token => await AttemptAsync(mail, message, token), ct);
            activity?.SetTag("smtp.outcome", delivery.Outcome.ToString()).SetTag("smtp.reply", delivery.Detail);
            return delivery;
        }
        catch (BrokenCircuitException)
        {
            return new(DeliveryOutcome.Unreachable, $"{smtp.Host}:{smtp.Port} failed too often and is given a rest.");
        }
        catch (OperationCanceledException)
        {
            // An attempt never throws this: the process stops between two of them.
            return new(DeliveryOutcome.Unreachable, "The sender stopped before the next attempt.");
        }
    }

    public void Dispose()
    {
        while (idle.TryTake(out var connection))
            connection.Client.Dispose();
    }

    /// <param name="Mails">How many went over it.</param>
    private sealed record Connection(SmtpClient Client, DateTimeOffset UsedAt, int Mails);

    private async Task<Delivery> AttemptAsync(OutgoingMail mail, MimeMessage message, CancellationToken ct)
    {
        Connection connection;
        try
        {
            connection = await ConnectAsync(ct);
        }
        catch (Exception e) when (IsFailureOfRoute(e) || e is SmtpCommandException or AuthenticationException or SslHandshakeException)
        {
            return new(DeliveryOutcome.Unreachable, $"{smtp.Host}:{smtp.Port}: {e.Message}");
        }
        var client = connection.Client;
        var to = message.To.Mailboxes.First();
        // A domain can be written in ASCII, the part before the @ cannot.
        var needsUtf8 = !System.Text.Ascii.IsValid(to.LocalPart);
        if (needsUtf8 && !client.Capabilities.HasFlag(SmtpCapabilities.UTF8))
        {
            KeepOrClose(connection);
            return new(DeliveryOutcome.Refused, $"{smtp.Host} does not offer SMTPUTF8, which an address like this needs.");
        }
        var body = new BodyProgress();
        try
        {
            var reply = await client.SendAsync(
                needsUtf8 ? International : FormatOptions.Default,
                message,
                mail.Sender ?? message.From.Mailboxes.First(),
                [to],
                ct,
                body
            );
            KeepOrClose(connection);
            return new(DeliveryOutcome.Delivered, $"smtp://{smtp.Host}:{smtp.Port} {reply}".Trim());
        }
        catch (SmtpCommandException e)
        {
            KeepOrClose(connection);
            var outcome = (int)e.StatusCode switch
            {
                421 => DeliveryOutcome.Unreachable,
                >= 400 and < 500 => DeliveryOutcome.Deferred,
                _ => DeliveryOutcome.Refused,
            };
            return new(outcome, $"{(int)e.StatusCode} {e.Message}", SmtpReply.Read((int)e.StatusCode, e.Message));
        }
        catch (Exception e) when (IsFailureOfRoute(e))
        {
            client.Dispose();
            return new(body.Began ? DeliveryOutcome.Ambiguous : DeliveryOutcome.Unreachable, $"{smtp.Host}:{smtp.Port}: {e.Message}");
        }
        catch (NotSupportedException e)
        {
            // The server cannot take such a mail (8BITMIME).
            KeepOrClose(connection);
            return new(DeliveryOutcome.Refused, e.Message);
        }
    }

    private async Task<Connection> ConnectAsync(CancellationToken ct)
    {
        while (idle.TryTake(out var connection))
        {
            if (connection.Client.IsConnected && clock.GetUtcNow() - connection.UsedAt < MaxIdle)
                return connection;
            connection.Client.Dispose();
        }
        var client = new LeanSmtpClient { Timeout = (int)smtp.Timeout.TotalMilliseconds };
        // Nagle's algorithm and delayed acknowledgements together cost 40 ms a mail.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(smtp.Host, smtp.Port, ct);
            // MailKit's own stream makes timers and cancellations for each read and write; here an attempt as a whole has its timeout.
            await client.ConnectAsync(new NetworkStream(socket, ownsSocket: true), smtp.Host, smtp.Port, smtp.Tls, ct);
            if (smtp.User.Length > 0)
                await client.AuthenticateAsync(smtp.User, smtp.Password, ct);
            return new(client, clock.GetUtcNow(), 0);
        }
        catch
        {
            client.Dispose();
            socket.Dispose();
            throw;
        }
    }

    private void KeepOrClose(Connection connection)
    {
        var mails = connection.Mails + 1;
        if (connection.Client.IsConnected && !(mails >= smtp.MailsPerConnection))
            idle.Add(new(connection.Client, clock.GetUtcNow(), mails));
        else
            connection.Client.Dispose();
    }

    private static FormatOptions CreateInternational()
    {
        var format = FormatOptions.Default.Clone();
        format.International = true;
        return format;
    }

    // A cancelled attempt is one too: whoever cancelled, the line is in an unknown state now.
    private static bool IsFailureOfRoute(Exception e) =>
        e
            is SocketException
                or IOException
                or ProtocolException
                or ServiceNotConnectedException
                or TimeoutException
                or OperationCanceledException;

    /// <summary>Writes a mail once to learn its size only where the server wants to know it.</summary>
    private sealed class LeanSmtpClient : SmtpClient
    {
        protected override Task<long> GetSizeAsync(FormatOptions options, MimeMessage message, CancellationToken cancellationToken) =>
            Capabilities.HasFlag(SmtpCapabilities.Size) ? base.GetSizeAsync(options, message, cancellationToken) : Task.FromResult(-1L);
    }

    private sealed class BodyProgress : ITransferProgress
    {
        /// <summary>Whether any part of the mail itself was sent.</summary>
        public bool Began { get; private set; }

        public void Report(long bytesTransferred, long totalSize) => Began = true;

        public void Report(long bytesTransferred) => Began = true;
    }
}
