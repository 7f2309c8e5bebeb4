using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MarketingPlatform.LocalServers;
using MarketingPlatform.LocalServers.Smtp;
using Xunit;

namespace MarketingPlatform.Email.Tests.Sending;

/// <summary>Postfix's smtp-sink: a real SMTP server that swallows mails, or fails as told. Installed where root on Debian may.</summary>
internal sealed class SmtpSink : IAsyncDisposable
{
    private readonly Process process;

    private SmtpSink(Process process, int port, DirectoryInfo mails)
    {
        this.process = process;
        Port = port;
        Mails = mails;
    }

    public int Port { get; }

    public DirectoryInfo Mails { get; }

    /// <param name="faults">Switches of smtp-sink: <c>-r rcpt</c> answers RCPT with 450, <c>-f data</c> DATA with 500, <c>-q .</c> hangs up.</param>
    public static Task<SmtpSink> StartAsync(params string[] faults) => StartOnAsync(FreePort(), faults);

    public static async Task<SmtpSink> StartOnAsync(int port, params string[] faults)
    {
        var program = await FindAsync();
        var mails = Directory.CreateTempSubdirectory("smtp-sink-");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(mails.FullName, (UnixFileMode)0b111_111_111);
        List<string> arguments = [.. faults, "-d", mails.FullName + "/mail."];
        if (Environment.UserName == "root")
            arguments.AddRange(["-u", "nobody"]);
        var process = Start(program, [.. arguments, $"inet:127.0.0.1:{port}", "100"]);
        var sink = new SmtpSink(process, port, mails);
        await sink.WhenListeningAsync();
        return sink;
    }

    /// <summary>Message-ID and recipient of each mail that came whole: that has <paramref name="end"/> in it.</summary>
    public IReadOnlyList<(string MessageId, string Recipient)> Taken(string end)
    {
        List<(string, string)> taken = [];
        foreach (var file in Mails.GetFiles())
        {
            var lines = File.ReadAllLines(file.FullName);
            string? Value(string name) =>
                lines
                    .FirstOrDefault(line => line.StartsWith(name, StringComparison.OrdinalIgnoreCase))
                    ?[name.Length..].Trim()
                    .Trim('<', '>');
            if (lines.Any(line => line.Contains(end, StringComparison.Ordinal)))
                taken.Add((Value("Message-Id:")!, Value("X-Rcpt-Args:")!));
        }
        return taken;
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        Mails.Delete(recursive: true);
    }

    private static async Task<string> FindAsync()
    {
        try
        {
            return (await PostfixTools.FindAsync(System.Console.Error.WriteLine, ct: TestContext.Current.CancellationToken)).Sink;
        }
        catch (LocalServerException missing)
        {
            Assert.Skip(missing.Message);
            throw;
        }
    }

    private static Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }

    private async Task WhenListeningAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, Port, TestContext.Current.CancellationToken);
                return;
            }
            catch (SocketException) when (attempt < 200 && !process.HasExited)
            {
                await Task.Delay(25, TestContext.Current.CancellationToken);
            }
        }
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
