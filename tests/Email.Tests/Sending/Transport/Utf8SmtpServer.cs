using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MimeKit;

namespace MarketingPlatform.Email.Tests.Sending.Transport;

/// <summary>A mail server that takes addresses in any letters (RFC 6531), as smtp-sink does not: just enough of one for tests.</summary>
internal sealed class Utf8SmtpServer : IAsyncDisposable
{
    private static readonly UTF8Encoding Utf8 = new(false);

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;

    public Utf8SmtpServer()
    {
        listener.Start();
        serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Envelope commands as they came, and the bytes of each mail.</summary>
    public ConcurrentQueue<(string Sender, string Recipient, byte[] Content)> Mails { get; } = new();

    public MimeMessage Message()
    {
        using var stream = new MemoryStream(Mails.Single().Content);
        return MimeMessage.Load(stream);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(stop.Token);
            _ = TalkAsync(client).ContinueWith(_ => client.Dispose(), TaskScheduler.Default);
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream(), Utf8);
        await using var writer = new StreamWriter(client.GetStream(), Utf8) { AutoFlush = true, NewLine = "\r\n" };
        await writer.WriteLineAsync("220 utf8.example ESMTP");
        string sender = "",
            recipient = "";
        while (await reader.ReadLineAsync(stop.Token) is { } line)
        {
            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "EHLO":
                    await writer.WriteAsync("250-utf8.example\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n");
                    break;
                case "MAIL":
                    sender = line;
                    await writer.WriteLineAsync("250 2.1.0 Ok");
                    break;
                case "RCPT":
                    recipient = line;
                    await writer.WriteLineAsync("250 2.1.5 Ok");
                    break;
                case "DATA":
                    await writer.WriteLineAsync("354 End with a dot");
                    Mails.Enqueue((sender, recipient, Utf8.GetBytes(await ReadMailAsync(reader))));
                    await writer.WriteLineAsync("250 2.0.0 Taken");
                    break;
                case "QUIT":
                    await writer.WriteLineAsync("221 2.0.0 Bye");
                    return;
                default:
                    await writer.WriteLineAsync("250 2.0.0 Ok");
                    break;
            }
        }
    }

    private async Task<string> ReadMailAsync(StreamReader reader)
    {
        var mail = new StringBuilder();
        while (await reader.ReadLineAsync(stop.Token) is { } line && line != ".")
            mail.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        return mail.ToString();
    }
}
