using System.Diagnostics;

namespace MarketingPlatform.Cli.Up;

/// <summary>One service as a process of its own; its lines are printed behind its name.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private const int LastLines = 5;

    private readonly Process process;
    private readonly Queue<string> last = new();

    public ServiceProcess(string name, string program, IReadOnlyDictionary<string, string> settings, TextWriter output)
    {
        Name = name;
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // A session of its own: Ctrl-C reaches the launcher alone, which then stops the services in order.
        if (OperatingSystem.IsLinux() && File.Exists("/usr/bin/setsid"))
        {
            start.FileName = "/usr/bin/setsid";
            start.ArgumentList.Add("dotnet");
        }
        start.ArgumentList.Add(program);
        foreach (var (key, value) in settings)
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Print(line.Data, output);
        process.ErrorDataReceived += (_, line) => Print(line.Data, output);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Name { get; }

    public int Id => process.Id;

    /// <returns>Why the process ended: its code or signal, and the last that it said.</returns>
    public async Task<string> EndedAsync(CancellationToken ct)
    {
        await process.WaitForExitAsync(ct);
        string said;
        lock (last)
            said = last.Count == 0 ? "it said nothing" : "it said last:\n    " + string.Join("\n    ", last);
        return process.ExitCode > 128
            ? $"killed by signal {process.ExitCode - 128}; {said}"
            : $"ended with code {process.ExitCode}; {said}";
    }

    /// <summary>Asks it to stop, as an operating system does; after the time given it is killed.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        if (process.HasExited)
            return;
        if (OperatingSystem.IsWindows())
            process.Kill(entireProcessTree: true);
        else
            using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
                await kill.WaitForExitAsync();
        using var limit = new CancellationTokenSource(patience);
        await process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
    }

    public void Dispose() => process.Dispose();

    private void Print(string? line, TextWriter output)
    {
        if (string.IsNullOrEmpty(line))
            return;
        lock (last)
        {
            last.Enqueue(line);
            if (last.Count > LastLines)
                last.Dequeue();
        }
        lock (output)
            output.WriteLine($"{Name, -15} {line}");
    }
}
