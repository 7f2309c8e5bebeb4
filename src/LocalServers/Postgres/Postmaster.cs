using System.Net;
using System.Net.Sockets;
using MarketingPlatform.LocalServers.Processes;

namespace MarketingPlatform.LocalServers.Postgres;

/// <summary>The server process of a cluster, whoever started it.</summary>
internal sealed class Postmaster(PostgresFolder folder)
{
    private static readonly TimeSpan Fast = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Immediate = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(2);

    // Length 8, then the request code 1234,5679: "may we speak TLS?", to which every PostgreSQL answers one letter.
    private static readonly byte[] TlsRequest = [0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F];

    /// <summary>The server that runs on this cluster and answers; null when there is none.</summary>
    public async Task<PostmasterFile?> RunningAsync(CancellationToken ct) =>
        PostmasterFile.Read(folder.Cluster) is { IsReady: true } file && IsOurs(file.ProcessId) && await AnswersAsync(file.Port, ct)
            ? file
            : null;

    /// <summary>
    /// Ends what is left of an unclean stop: a server that does not answer, orphans of one that was killed, a stale file.
    /// </summary>
    public async Task EndAsync()
    {
        if (PostmasterFile.Read(folder.Cluster) is { } file && IsOurs(file.ProcessId))
        {
            await StopAsync(file.ProcessId, Signal.Interrupt);
        }

        foreach (var orphan in OperatingSystem.IsLinux() ? ProcessTable.WorkingIn(folder.Cluster) : [])
        {
            Signals.Send(orphan, Signal.Quit);
            if (!await Signals.GoneWithinAsync(orphan, Immediate))
            {
                Signals.Send(orphan, Signal.Kill);
                await Signals.GoneWithinAsync(orphan, Immediate);
            }
        }

        // A number in a stale file may belong to a stranger by now, for whom PostgreSQL would refuse to start.
        if (PostmasterFile.Read(folder.Cluster) is { } stale && !IsOurs(stale.ProcessId))
        {
            File.Delete(Path.Combine(folder.Cluster, PostmasterFile.Name));
        }
    }

    /// <summary>Ends the server: with the given signal, then at once (the next start recovers), then by force.</summary>
    public static async Task StopAsync(int processId, Signal first)
    {
        Signals.Send(processId, first);
        if (await Signals.GoneWithinAsync(processId, Fast))
        {
            return;
        }

        Signals.Send(processId, Signal.Quit);
        if (!await Signals.GoneWithinAsync(processId, Immediate))
        {
            Signals.Send(processId, Signal.Kill);
            await Signals.GoneWithinAsync(processId, Immediate);
        }
    }

    // On Linux a server of this cluster is known by its working directory, elsewhere only by its name.
    private bool IsOurs(int processId) =>
        OperatingSystem.IsLinux()
            ? ProcessTable.WorkingIn(folder.Cluster).Contains(processId)
            : ProcessTable.IsAlive(processId)
                && ProcessTable.CommandLine(processId)?.Contains("postgres", StringComparison.Ordinal) == true;

    private static async Task<bool> AnswersAsync(int port, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Answer);
        try
        {
            using var client = new TcpClient(AddressFamily.InterNetwork);
            await client.ConnectAsync(IPAddress.Loopback, port, patience.Token);
            var stream = client.GetStream();
            await stream.WriteAsync(TlsRequest, patience.Token);
            var letter = new byte[1];
            return await stream.ReadAsync(letter, patience.Token) == 1 && letter[0] is (byte)'N' or (byte)'S';
        }
        catch (Exception silent)
            when (silent is SocketException or IOException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return false;
        }
    }
}
