using System.Globalization;
using System.Text.Json;

namespace MarketingPlatform.Cli.Demo;

/// <summary>Memory of the platform, in one process or many, with its servers, on Linux: proportional set size, which counts memory
/// that processes share once.</summary>
internal static class ResidentMemory
{
    private sealed record Processes(int Pid, int PostgresPid);

    /// <summary>One sentence: the figure, or why there is none.</summary>
    public static string Describe(string data)
    {
        var file = Path.Combine(data, "standalone.json");
        if (!OperatingSystem.IsLinux())
            return "resident memory: measured on Linux only";
        if (!File.Exists(file))
            return $"resident memory: not measured, as {file} does not name the processes";
        try
        {
            var roots = JsonSerializer.Deserialize<Processes>(File.ReadAllText(file), JsonSerializerOptions.Web)!;
            var tree = Tree(ParentsOfAll(), [roots.Pid, roots.PostgresPid]);
            var sizes = tree.Select(KilobytesOf).OfType<long>().ToArray();
            return $"resident memory: {sizes.Sum() / 1024:N0} MB (proportional set size of the platform with its servers, {sizes.Length} processes)";
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or JsonException)
        {
            return $"resident memory: not measured ({cause.Message})";
        }
    }

    /// <returns>Null where the process has ended since it was found: a database server's connections come and go.</returns>
    internal static long? KilobytesOf(int pid)
    {
        try
        {
            return ProportionalKilobytes(File.ReadLines($"/proc/{pid}/smaps_rollup"));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The roots that run and all that descend from them, each once.</summary>
    internal static HashSet<int> Tree(IReadOnlyDictionary<int, int> parents, IEnumerable<int> roots)
    {
        var children = parents.ToLookup(entry => entry.Value, entry => entry.Key);
        var found = new HashSet<int>();
        var open = new Stack<int>(roots.Where(parents.ContainsKey));
        while (open.TryPop(out var pid))
        {
            if (!found.Add(pid))
                continue;
            foreach (var child in children[pid])
                open.Push(child);
        }
        return found;
    }

    /// <summary>The parent in a line of /proc/PID/stat; the name before it may hold spaces and brackets.</summary>
    internal static int ParentIn(string stat) => int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);

    internal static long ProportionalKilobytes(IEnumerable<string> rollup)
    {
        var line = rollup.FirstOrDefault(line => line.StartsWith("Pss:", StringComparison.Ordinal));
        return line is null
            ? 0
            : long.Parse(line["Pss:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }

    private static Dictionary<int, int> ParentsOfAll()
    {
        var parents = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid))
                continue;
            try
            {
                parents[pid] = ParentIn(File.ReadAllText(Path.Combine(folder, "stat")));
            }
            catch (IOException)
            {
                // The process ended while we looked.
            }
        }
        return parents;
    }
}
