using System.Globalization;
using MarketingPlatform.LocalServers.Processes;

namespace MarketingPlatform.LocalServers;

/// <summary>The process that listens on a TCP port.</summary>
/// <param name="ProcessId">Its id.</param>
/// <param name="Command">Its command line.</param>
public sealed record PortHolder(int ProcessId, string Command)
{
    private const string Listening = "0A";

    /// <summary>A sentence part such as <c>process 4711 (dotnet shop.dll)</c>; null when nobody listens or it cannot be known.</summary>
    public static string? Describe(int port) => Find(port) is { } holder ? $"process {holder.ProcessId} ({holder.Command})" : null;

    /// <summary>Who listens on the port; null when nobody does, on other systems than Linux, and for processes of other users.</summary>
    public static PortHolder? Find(int port)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var sockets = new HashSet<string>(StringComparer.Ordinal);
        AddListening("/proc/net/tcp", port, sockets);
        AddListening("/proc/net/tcp6", port, sockets);
        if (sockets.Count == 0)
        {
            return null;
        }

        foreach (var id in ProcessTable.Ids())
        {
            if (ProcessTable.OpenFiles(id).Any(sockets.Contains))
            {
                return new PortHolder(id, ProcessTable.CommandLine(id) ?? "unknown");
            }
        }

        return null;
    }

    // Columns: number, local address "0100007F:1F90", remote address, state, queues, timer, retransmits, uid, timeout, inode.
    private static void AddListening(string table, int port, HashSet<string> sockets)
    {
        if (!File.Exists(table))
        {
            return;
        }

        foreach (var line in File.ReadLines(table).Skip(1))
        {
            var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (
                columns.Length > 9
                && columns[3] == Listening
                && int.Parse(columns[1].AsSpan(columns[1].IndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) == port
            )
            {
                sockets.Add($"socket:[{columns[9]}]");
            }
        }
    }
}
