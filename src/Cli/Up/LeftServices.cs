using System.Diagnostics;
using MarketingPlatform.Standalone;

namespace MarketingPlatform.Cli.Up;

/// <summary>Services that run on because their launcher was killed: they hold the port and would share the work unseen.</summary>
internal static class LeftServices
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task EndAsync(DataFolder data, TextWriter output)
    {
        foreach (var (name, service) in data.ReadLeftRunFile()?.Services ?? new Dictionary<string, RunningService>())
        {
            if (Find(service) is not { } process)
                continue;
            using (process)
            {
                await output.WriteLineAsync($"Ending {name}, which an unclean stop left behind (process {service.Pid}).");
                process.Kill();
                using var limit = new CancellationTokenSource(Patience);
                await process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>The number in a stale file may belong to a stranger by now.</summary>
    private static Process? Find(RunningService service)
    {
        try
        {
            var process = Process.GetProcessById(service.Pid);
            if (CommandLineOf(process).Contains(service.Program, StringComparison.Ordinal))
                return process;
            process.Dispose();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            // It ended.
        }
        return null;
    }

    // Only Linux tells the command line of a process; elsewhere nothing is ended that might be somebody else's.
    private static string CommandLineOf(Process process) =>
        OperatingSystem.IsLinux() ? File.ReadAllText($"/proc/{process.Id}/cmdline") : "";
}
