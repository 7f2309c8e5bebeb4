using System.Runtime.InteropServices;

namespace MarketingPlatform.TestRun;

internal static class Program
{
    private const int Interrupted = 130;

    private static async Task<int> Main(string[] args)
    {
        var options = TestRunOptions.Parse(args);
        using var stop = new CancellationTokenSource();
        using var onCtrlC = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var onHangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        try
        {
            return await TestRun.RunAsync(options, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Interrupted; everything that was started is stopped.");
            return Interrupted;
        }
        catch (Exception error) when (error is LocalServers.LocalServerException or TestRunException)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 1;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }
}
