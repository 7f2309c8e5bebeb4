using System.Collections.Concurrent;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;
using Polly;
using Polly.CircuitBreaker;
using Polly.Registry;

namespace MarketingPlatform.Email.Sending;

/// <summary>
/// Hands mails to one mail server over connections that stay open. The answer tells apart what the mail met (4xx, 5xx), what the route met
/// (no connection, refused login) and what nobody can know (the line broke between the mail and its receipt).
/// </summary>
internal sealed class SmtpTransport(
    IOptions<EmailOptions> options,
    ResiliencePipelineProvider<string> pipelines,
    EmailTelemetry telemetry,
    TimeProvider clock
) : IMailTransport, IDisposable
{
    /// <summary>Servers close idle connections; an older one is not trusted.</summary>
    private static readonly TimeSpan MaxIdle = TimeSpan.FromSeconds(30);

    private readonly SmtpOptions smtp = options.Value.Smtp;
    private readonly ResiliencePipeline<Delivery> route = pipelines.GetPipeline<Delivery>(EmailPipelines.SmtpRoute);
    private readonly ConcurrentBag<(SmtpClient Client, DateTimeOffset UsedAt)> idle = [];

    public bool IsIdempotent => false;

    public string? FindDelivered(OutgoingMail mail) => null;

    public async Task<Delivery> DeliverAsync(OutgoingMail mail, MimeMessage message, CancellationToken ct)
    {
        using var activity = telemetry.StartSmtp();
        activity?.SetTag("server.address", smtp.Host).SetTag("server.port", smtp.Port);
        try
        {
            var delivery = await route.ExecuteAsync(async token => await AttemptAsync(message, token), ct);
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

    private async Task<Delivery> AttemptAsync(MimeMessage message, CancellationToken ct)
    {
        SmtpClient client;
        try
        {
            client = await ConnectAsync(ct);
        }
        catch (Exception e) when (IsFailureOfRoute(e) || e is SmtpCommandException or AuthenticationException or SslHandshakeException)
        {
            return new(DeliveryOutcome.Unreachable, $"{smtp.Host}:{smtp.Port}: {e.Message}");
        }
        var body = new BodyProgress();
        try
        {
            var reply = await client.SendAsync(message, ct, body);
            idle.Add((client, clock.GetUtcNow()));
            return new(DeliveryOutcome.Delivered, $"smtp://{smtp.Host}:{smtp.Port} {reply}".Trim());
        }
        catch (SmtpCommandException e)
        {
            KeepOrClose(client);
            var outcome = (int)e.StatusCode switch
            {
                421 => DeliveryOutcome.Unreachable,
                >= 400 and < 500 => DeliveryOutcome.Deferred,
                _ => DeliveryOutcome.Refused,
            };
            return new(outcome, $"{(int)e.StatusCode} {e.Message}");
        }
        catch (Exception e) when (IsFailureOfRoute(e))
        {
            client.Dispose();
            return new(body.Began ? DeliveryOutcome.Ambiguous : DeliveryOutcome.Unreachable, $"{smtp.Host}:{smtp.Port}: {e.Message}");
        }
        catch (NotSupportedException e)
        {
            // The server cannot take such an address (SMTPUTF8).
            KeepOrClose(client);
            return new(DeliveryOutcome.Refused, e.Message);
        }
    }

    private async Task<SmtpClient> ConnectAsync(CancellationToken ct)
    {
        while (idle.TryTake(out var connection))
        {
            if (connection.Client.IsConnected && clock.GetUtcNow() - connection.UsedAt < MaxIdle)
                return connection.Client;
            connection.Client.Dispose();
        }
        var client = new SmtpClient { Timeout = (int)smtp.Timeout.TotalMilliseconds };
        // Nagle's algorithm and delayed acknowledgements together cost 40 ms a mail.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(smtp.Host, smtp.Port, ct);
            await client.ConnectAsync(socket, smtp.Host, smtp.Port, smtp.Tls, ct);
            if (smtp.User.Length > 0)
                await client.AuthenticateAsync(smtp.User, smtp.Password, ct);
            return client;
        }
        catch
        {
            client.Dispose();
            socket.Dispose();
            throw;
        }
    }

    private void KeepOrClose(SmtpClient client)
    {
        if (client.IsConnected)
            idle.Add((client, clock.GetUtcNow()));
        else
            client.Dispose();
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

    private sealed class BodyProgress : ITransferProgress
    {
        /// <summary>Whether any part of the mail itself was sent.</summary>
        public bool Began { get; private set; }

        public void Report(long bytesTransferred, long totalSize) => Began = true;

        public void Report(long bytesTransferred) => Began = true;
    }
}
