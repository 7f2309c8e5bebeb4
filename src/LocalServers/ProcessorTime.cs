using System.Globalization;
using MarketingPlatform.LocalServers.Processes;

namespace MarketingPlatform.LocalServers;

/// <summary>Processor time that processes used so far, those of their descendants included, ended ones too.</summary>
public static class ProcessorTime
{
    // USER_HZ, which is 100 wherever Linux runs .NET.
    private const double TicksPerSecond = 100;

    /// <summary>Measures the trees below the given processes; null on other systems than Linux.</summary>
    public static TimeSpan? Of(params ReadOnlySpan<int> roots)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        long ticks = 0;
        foreach (var id in ProcessTable.Trees(roots))
            ticks += Read(id);
        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    private static long Read(int id)
    {
        try
        {
            return TicksIn(File.ReadAllText($"/proc/{id}/stat"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>User and system time of a process and of its children that ended; the name before them may hold spaces and brackets.</summary>
    internal static long TicksIn(string stat) =>
        stat[(stat.LastIndexOf(')') + 2)..].Split(' ').Skip(11).Take(4).Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture));
}
