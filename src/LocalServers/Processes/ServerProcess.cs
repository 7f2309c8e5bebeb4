using System.Diagnostics;

namespace MarketingPlatform.LocalServers.Processes;

/// <summary>A server that this process has started.</summary>
/// <remarks>
/// On Linux it gets a session of its own (<c>setsid</c>), else Ctrl-C in a terminal would reach the server at the same moment as
/// the program that still needs it to finish its work.
/// </remarks>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly Tail _output = new(40);

    private ServerProcess(Process process)
    {
        _process = process;
        Id = process.Id;
        process.StandardInput.Close();
        _ = _output.DrainAsync(process.StandardOutput);
        _ = _output.DrainAsync(process.StandardError);
    }

    public int Id { get; }

    public bool HasEnded => _process.HasExited;

    /// <summary>The last lines it wrote.</summary>
    public string Output => _output.ToString();

    public static ServerProcess Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        var ownSession = OperatingSystem.IsLinux() && Machine.Find("setsid") is { } setsid ? [setsid, .. command] : command;
        var process = new Process { StartInfo = Command.Describe(ownSession, environment) };
        process.Start();
        return new ServerProcess(process);
    }

    /// <summary>Lets go of the handle; the server runs on.</summary>
    public void Dispose() => _process.Dispose();
}
