using System.Diagnostics;

namespace MarketingPlatform.EndToEnd.Tests;

/// <summary>Programs of the machine that a test runs to their end.</summary>
internal static class Programs
{
    /// <returns>Null where there is no such program.</returns>
    public static async Task<(int Code, string Printed)?> RunAsync(string program, string[] arguments, string folder, CancellationToken ct)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
        var printed = Task.WhenAll(process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, string.Join('\n', await printed));
    }
}
