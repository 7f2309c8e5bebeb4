using System.Diagnostics;
using System.Globalization;

namespace MarketingPlatform.LocalServers.Processes;

/// <summary>
/// Ends throw-away servers and deletes their folder when this process is gone, however it went: a shell that waits for the end of a
/// pipe which only this process holds. Not needed after a clean stop, and not there on Windows.
/// </summary>
internal sealed class Guardian : IDisposable
{
    // A word means that the servers were stopped in the regular way; the end of the pipe without one, that their owner died.
    private const string Script = """
        trap '' INT TERM HUP
        folder=$1; shift
        read -r word
        [ "$word" = released ] && exit 0
        for id in "$@"; do kill -9 "$id" 2>/dev/null; done
        rm -rf -- "$folder"
        sleep 0.2
        rm -rf -- "$folder"
        """;

    private readonly Process? _shell;

    private Guardian(Process? shell) => _shell = shell;

    public static Guardian Watch(string folder, params ReadOnlySpan<int> processIds)
    {
        if (OperatingSystem.IsWindows())
        {
            return new Guardian(null);
        }

        string[] command = ["/bin/sh", "-c", Script, "guardian", folder,
            .. processIds.ToArray().Select(id => id.ToString(CultureInfo.InvariantCulture))];
        var shell = new Process { StartInfo = Command.Describe(command, null) };
        shell.Start();
        return new Guardian(shell);
    }

    /// <summary>The servers were stopped: there is nothing to watch any more.</summary>
    public void Dispose()
    {
        if (_shell is null)
        {
            return;
        }

        try
        {
            _shell.StandardInput.WriteLine("released");
            _shell.StandardInput.Close();
        }
        catch (IOException)
        {
            // The shell was ended by somebody else; the servers are stopped, so it has nothing left to do.
        }

        _shell.Dispose();
    }
}
