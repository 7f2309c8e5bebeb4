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
    // The waiting part leaves the process tree at once, so that whoever kills the whole tree of the owner does not kill it too.
    private const string Script = """
        exec 3<&0 </dev/null
        (
          trap '' INT TERM HUP
          folder=$1; shift
          read -r word <&3
          [ "$word" = released ] && exit 0
          for id in "$@"; do kill -9 "$id" 2>/dev/null; done
          rm -rf -- "$folder"
          sleep 0.2
          rm -rf -- "$folder"
        ) &
        """;

    private readonly Process? _shell;

    private Guardian(Process? shell) => _shell = shell;

    public static Guardian Watch(string folder, params ReadOnlySpan<int> processIds)
    {
        if (OperatingSystem.IsWindows())
        {
            return new Guardian(null);
        }

        string[] command =
        [
            "/bin/sh",
            "-c",
            Script,
            "guardian",
            folder,
            .. processIds.ToArray().Select(id => id.ToString(CultureInfo.InvariantCulture)),
        ];
        var shell = new Process { StartInfo = Command.Describe(command, null) };
        shell.Start();
        return new Guardian(shell);
    }

    /// <summary>Ends the pipe as the end of this process does, and waits until the guardian has done its duty: for its test.</summary>
    internal Task AbandonAsync()
    {
        _shell!.StandardInput.Close();
        return _shell.StandardOutput.ReadToEndAsync();
    }

    /// <summary>The servers were stopped: there is nothing to watch any more.</summary>
    public void Dispose()
    {
        if (_shell is null)
        {
            return;
        }

        SayReleased(_shell);
        _shell.Dispose();
    }

    /// <summary>Releases the guardian and waits until it has gone: for its test.</summary>
    internal async Task ReleaseAsync()
    {
        SayReleased(_shell!);
        await _shell!.StandardOutput.ReadToEndAsync();
        _shell.Dispose();
    }

    private static void SayReleased(Process shell)
    {
        try
        {
            shell.StandardInput.WriteLine("released");
            shell.StandardInput.Close();
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // The shell has ended already: it has nothing left to do.
        }
    }
}
