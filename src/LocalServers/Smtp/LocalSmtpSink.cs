using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using MarketingPlatform.LocalServers.Processes;

namespace MarketingPlatform.LocalServers.Smtp;

/// <summary>A running smtp-sink on 127.0.0.1: takes every mail, counts it and forgets it.</summary>
public sealed partial class LocalSmtpSink : IAsyncDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly PostfixTools tools;
    private readonly Process process;
    private readonly Task counting;
    private int taken;

    private LocalSmtpSink(PostfixTools tools, Process process, int port)
    {
        this.tools = tools;
        this.process = process;
        Port = port;
        process.StandardInput.Close();
        counting = Task.WhenAll(new Tail(1, Count).DrainAsync(process.StandardOutput), new Tail(1).DrainAsync(process.StandardError));
    }

    public int Port { get; }

    /// <summary>Mails that it has answered with 250 since it started.</summary>
    public int Taken => Volatile.Read(ref taken);

    /// <exception cref="LocalServerException">smtp-sink is not here, or does not start.</exception>
    /// <param name="folder">Where each mail is kept as a file; null: nowhere.</param>
    public static async Task<LocalSmtpSink> StartAsync(Action<string> say, string? folder = null, CancellationToken ct = default)
    {
        var tools = await PostfixTools.FindAsync(say, ct: ct);
        var port = FreePort.Next();
        string[] user = Machine.IsRoot ? ["-u", "nobody"] : [];
        string[] dump = folder is null ? [] : ["-d", Path.Combine(folder, "mail.")];
        if (folder is not null && Machine.IsRoot && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        }

        var process = new Process
        {
            StartInfo = Command.Describe(
                [tools.Sink, .. user, .. dump, "-c", string.Create(CultureInfo.InvariantCulture, $"inet:127.0.0.1:{port}"), "256"],
                null
            ),
        };
        process.Start();
        var sink = new LocalSmtpSink(tools, process, port);
        await sink.WhenListeningAsync(ct);
        return sink;
    }

    /// <summary>Lets smtp-source send to this sink.</summary>
    /// <param name="keepOpen">Over connections that stay open; else, as smtp-source does by itself, each mail over one of its own.</param>
    /// <returns>Mails a second.</returns>
    public async Task<double> MeasureAsync(int messages, int bytes, int sessions, bool keepOpen, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        await Command.MustRunAsync(
            [
                tools.Source,
                .. keepOpen ? new[] { "-d" } : [],
                "-s",
                sessions.ToString(CultureInfo.InvariantCulture),
                "-m",
                messages.ToString(CultureInfo.InvariantCulture),
                "-l",
                bytes.ToString(CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"inet:127.0.0.1:{Port}"),
            ],
            ct
        );
        return messages / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <returns>Bytes of a kept mail as it came, without the lines in which smtp-sink tells of its session.</returns>
    public static int BytesOfMail(FileInfo file)
    {
        var lines = File.ReadAllLines(file.FullName).AsEnumerable();
        lines = lines.SkipWhile(line => !line.StartsWith("Received:", StringComparison.Ordinal)).Skip(1);
        return lines.SkipWhile(line => line.StartsWith('\t') || line.StartsWith(' ')).Sum(line => Encoding.UTF8.GetByteCount(line) + 2);
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        await counting;
        process.Dispose();
    }

    // "sess=8 quit=0 mesg=1234": each line replaces the one before.
    private void Count(string line)
    {
        if (Messages().Match(line) is { Success: true } match)
        {
            Volatile.Write(ref taken, int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        }
    }

    private async Task WhenListeningAsync(CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync("127.0.0.1", Port, ct);
                return;
            }
            catch (SocketException) when (!process.HasExited && Stopwatch.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(Glance, ct);
            }
            catch (SocketException e)
            {
                throw new LocalServerException($"smtp-sink does not listen on port {Port}: {e.Message}");
            }
        }
    }

    [GeneratedRegex(@"mesg=(\d+)")]
    private static partial Regex Messages();
}
