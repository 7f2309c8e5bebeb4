using System.Diagnostics;
using System.Text;

namespace MarketingPlatform.EndToEnd.Tests;

/// <summary>Runs the built command line as a user does.</summary>
internal static class Machine
{
    public static readonly string Root = FindRoot();

    private static readonly string Cli = Path.Combine(Root, "artifacts", "bin", "MarketingPlatform.Cli", Configuration(), "marketing.dll");

    public static RunningCommand Start(params IEnumerable<string> arguments) => Start(arguments, new Dictionary<string, string>());

    public static RunningCommand Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Cli);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        // A developer's own settings must not decide what the tests see.
        foreach (
            var name in start.Environment.Keys.Where(name => name.StartsWith("ConnectionStrings__", StringComparison.Ordinal)).ToArray()
        )
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new RunningCommand(Process.Start(start)!);
    }

    private static string Configuration() =>
        AppContext.BaseDirectory.Contains("debug", StringComparison.OrdinalIgnoreCase) ? "debug" : "release";

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "MarketingPlatform.sln")))
                return folder.FullName;
        throw new InvalidOperationException("MarketingPlatform.sln is in no folder above the tests.");
    }
}

/// <summary>A command under way, with what it printed so far.</summary>
internal sealed class RunningCommand : IDisposable
{
    private readonly StringBuilder printed = new();
    private bool disposed;

    public RunningCommand(Process process)
    {
        Process = process;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Process Process { get; }

    /// <summary>Also once disposed, which ends it.</summary>
    public bool HasEnded => disposed || Process.HasExited;

    public string Printed
    {
        get
        {
            lock (printed)
                return printed.ToString();
        }
    }

    public async Task<int> EndAsync(CancellationToken ct)
    {
        await Process.WaitForExitAsync(ct);
        return Process.ExitCode;
    }

    public void Dispose()
    {
        if (!HasEnded)
            Process.Kill(entireProcessTree: true);
        disposed = true;
        Process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (printed)
            printed.AppendLine(line.Data);
    }
}
