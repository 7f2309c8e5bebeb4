using System.Globalization;
using MarketingPlatform.LocalServers.Processes;

namespace MarketingPlatform.LocalServers;

/// <summary>Memory that processes keep resident, summed over them and all their descendants.</summary>
/// <param name="ProportionalBytes">Pss: a page shared by n processes counts 1/n in each, so the sum is what the machine gives up.</param>
/// <param name="ResidentBytes">Rss: shared pages count in every process; PostgreSQL's shared buffers make this sum too high.</param>
/// <param name="Processes">How many processes were counted.</param>
public sealed record ResidentMemory(long ProportionalBytes, long ResidentBytes, int Processes)
{
    /// <summary>Measures the trees below the given processes, each process once; null on other systems than Linux.</summary>
    public static ResidentMemory? Of(params ReadOnlySpan<int> roots)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        long proportional = 0,
            resident = 0;
        var counted = 0;
        foreach (var id in ProcessTable.Trees(roots))
        {
            if (Read(id) is var (pss, rss))
            {
                proportional += pss;
                resident += rss;
                counted++;
            }
        }

        return counted == 0 ? null : new ResidentMemory(proportional, resident, counted);
    }

    private static (long Pss, long Rss)? Read(int id)
    {
        try
        {
            long pss = 0,
                rss = 0;
            foreach (var line in File.ReadLines($"/proc/{id}/smaps_rollup"))
            {
                if (line.StartsWith("Pss:", StringComparison.Ordinal))
                {
                    pss = Kilobytes(line);
                }
                else if (line.StartsWith("Rss:", StringComparison.Ordinal))
                {
                    rss = Kilobytes(line);
                }
            }

            return (pss, rss);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long Kilobytes(string line) =>
        long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
}
