using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MarketingPlatform.LocalServers.Processes;

internal enum Signal
{
    Interrupt = 2,
    Quit = 3,
    Kill = 9,
    Terminate = 15,
}

internal static partial class Signals
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    /// <summary>Sends a signal on Unix; ends the process on Windows, which knows no other way.</summary>
    public static void Send(int processId, Signal signal)
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = Kill(processId, (int)signal);
            return;
        }

        try
        {
            using var process = Process.GetProcessById(processId);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // Gone already, which is what was asked for.
        }
    }

    /// <summary>
    /// Waits until the process is gone. Polls, because only a parent is told of an end and an adopted server has another.
    /// </summary>
    /// <returns>Whether it is gone.</returns>
    public static async Task<bool> GoneWithinAsync(int processId, TimeSpan time)
    {
        var started = Stopwatch.GetTimestamp();
        while (ProcessTable.IsAlive(processId))
        {
            if (Stopwatch.GetElapsedTime(started) > time)
            {
                return false;
            }

            // The end of a process that is nobody's child tells itself to nobody.
            await Task.Delay(Glance);
        }

        return true;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
