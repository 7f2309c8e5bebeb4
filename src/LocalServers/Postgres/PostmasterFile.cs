using System.Globalization;

namespace MarketingPlatform.LocalServers.Postgres;

/// <summary><c>postmaster.pid</c>, in which a running server states where it is and how far its start has come.</summary>
/// <param name="ProcessId">Line 1.</param>
/// <param name="Port">Line 4; 0 while it is not known.</param>
/// <param name="IsReady">Line 8 says <c>ready</c>.</param>
internal sealed record PostmasterFile(int ProcessId, int Port, bool IsReady)
{
    public const string Name = "postmaster.pid";

    /// <summary>Null when there is none, or one that is just being written.</summary>
    public static PostmasterFile? Read(string cluster)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(Path.Combine(cluster, Name));
        }
        catch (IOException)
        {
            return null;
        }

        return lines.Length > 0 && int.TryParse(lines[0], CultureInfo.InvariantCulture, out var processId)
            ? new PostmasterFile(
                processId,
                lines.Length > 3 && int.TryParse(lines[3], CultureInfo.InvariantCulture, out var port) ? port : 0,
                lines.Length > 7 && lines[7].Trim() == "ready"
            )
            : null;
    }
}
