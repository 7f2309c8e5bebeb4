using System.Diagnostics;

namespace MarketingPlatform.LocalServers.Processes;

/// <summary>Runs a program to its end and keeps what it wrote.</summary>
internal static class Command
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    public static async Task<CommandResult> RunAsync(
        IReadOnlyList<string> command,
        CancellationToken ct,
        IReadOnlyDictionary<string, string>? environment = null,
        Action<string>? onLine = null
    )
    {
        using var process = new Process { StartInfo = Describe(command, environment) };
        process.Start();
        process.StandardInput.Close();
        var output = new Tail(200, onLine);
        var reading = Task.WhenAll(output.DrainAsync(process.StandardOutput), output.DrainAsync(process.StandardError));
        try
        {
            await process.WaitForExitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        // A daemon that the program left behind may hold the pipe open: wait for its last words, not for their end.
        await Task.WhenAny(reading, Task.Delay(LastWords, CancellationToken.None));
        return new CommandResult(process.ExitCode, output.ToString());
    }

    /// <summary>Runs the program and throws with its output when it fails.</summary>
    public static async Task<string> MustRunAsync(
        IReadOnlyList<string> command,
        CancellationToken ct,
        IReadOnlyDictionary<string, string>? environment = null,
        Action<string>? onLine = null
    )
    {
        var result = await RunAsync(command, ct, environment, onLine);
        return result.ExitCode == 0
            ? result.Output
            : throw new LocalServerException($"`{string.Join(' ', command)}` ended with code {result.ExitCode}:\n{result.Output}");
    }

    /// <summary>
    /// Everything redirected, so that no child keeps this program's own output open; started in a folder that every user can enter.
    /// </summary>
    public static ProcessStartInfo Describe(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = Path.GetPathRoot(Path.GetTempPath())!,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return start;
    }
}

internal sealed record CommandResult(int ExitCode, string Output);
