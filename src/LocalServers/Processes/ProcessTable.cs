using System.Diagnostics;
using System.Globalization;

namespace MarketingPlatform.LocalServers.Processes;

/// <summary>What the system knows about processes: /proc on Linux, little elsewhere.</summary>
internal static class ProcessTable
{
    /// <summary>Whether the process still runs. One that has ended and only waits to be collected by its parent does not.</summary>
    public static bool IsAlive(int id)
    {
        if (OperatingSystem.IsLinux())
        {
            return State(id) is not (null or 'Z' or 'X');
        }

        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    public static IEnumerable<int> Ids() =>
        Directory
            .EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0);

    public static string? CommandLine(int id)
    {
        if (OperatingSystem.IsLinux())
        {
            var text = Try(() => File.ReadAllText($"/proc/{id}/cmdline"))?.Replace('\0', ' ').Trim();
            return text is "" ? Try(() => File.ReadAllText($"/proc/{id}/comm"))?.Trim() : text;
        }

        try
        {
            using var process = Process.GetProcessById(id);
            return process.ProcessName;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The environment with which the process was started; null for processes of other users. Linux only.</summary>
    public static string? Environment(int id) => Try(() => File.ReadAllText($"/proc/{id}/environ"));

    /// <summary>Processes whose working directory is the given one. Linux only.</summary>
    public static IReadOnlyList<int> WorkingIn(string directory) =>
        [.. Ids().Where(id => IsAlive(id) && Try(() => new FileInfo($"/proc/{id}/cwd").LinkTarget) == directory)];

    /// <summary>
    /// What the process has open, as the system names it: paths, <c>socket:[inode]</c>. Empty for processes of other users.
    /// </summary>
    public static IEnumerable<string> OpenFiles(int id) =>
        Try(() => Directory.GetFileSystemEntries($"/proc/{id}/fd"))
            ?.Select(path => Try(() => new FileInfo(path).LinkTarget))
            .OfType<string>()
        ?? [];

    /// <summary>The given processes and all that descend from them, each once. Linux only.</summary>
    public static IReadOnlyCollection<int> Trees(ReadOnlySpan<int> roots)
    {
        var children = Ids().Select(id => (Id: id, Parent: Parent(id))).ToLookup(p => p.Parent, p => p.Id);
        var found = new HashSet<int>();
        var open = new Stack<int>(roots.ToArray());
        while (open.TryPop(out var id))
        {
            if (found.Add(id))
            {
                foreach (var child in children[id])
                {
                    open.Push(child);
                }
            }
        }

        return found;
    }

    private static char? State(int id) => Stat(id) is { Length: > 0 } rest ? rest[0] : null;

    private static int Parent(int id) => Stat(id) is { } rest ? int.Parse(rest.Split(' ')[1], CultureInfo.InvariantCulture) : 0;

    // "4711 (any name, even with ) in it) S 1 …": the rest starts behind the last parenthesis.
    private static string? Stat(int id) =>
        Try(() => File.ReadAllText($"/proc/{id}/stat")) is { } stat ? stat[(stat.LastIndexOf(')') + 2)..] : null;

    // Processes end while one looks at them.
    private static T? Try<T>(Func<T> read)
        where T : class?
    {
        try
        {
            return read();
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
