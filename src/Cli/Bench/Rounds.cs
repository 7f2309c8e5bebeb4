namespace MarketingPlatform.Cli.Bench;

/// <summary>Something that can be done <c>count</c> times and says how long that took.</summary>
/// <param name="Unit">What is counted, in the plural.</param>
/// <param name="WarmUp">How often it is done before anything is measured; the rate of this sizes the rounds.</param>
internal sealed record Workload(string Name, string Unit, int WarmUp, Func<int, CancellationToken, Task<TimeSpan>> RunAsync);

/// <summary>What the rounds of one workload reached.</summary>
/// <param name="PerSecond">The median of the rounds.</param>
internal sealed record Reached(string Name, string Unit, int PerRound, double PerSecond, IReadOnlyList<double> Rounds);

/// <summary>Runs workloads in turn, round by round, so that what else the machine does weighs on all of them alike.</summary>
internal sealed class Rounds(int count, int seconds, Action<string> say)
{
    public async Task<IReadOnlyList<Reached>> RunAsync(IReadOnlyList<Workload> workloads, CancellationToken ct)
    {
        var sizes = new List<int>();
        foreach (var workload in workloads)
        {
            // Twice: the first time compiles, the second shows the rate.
            await workload.RunAsync(workload.WarmUp, ct);
            var rate = workload.WarmUp / (await workload.RunAsync(workload.WarmUp, ct)).TotalSeconds;
            sizes.Add(Math.Max(workload.WarmUp, (int)(rate * seconds)));
            say($"{workload.Name}: warm at {rate:N0} {workload.Unit}/s");
        }

        var rates = workloads.Select(_ => new List<double>()).ToArray();
        for (var round = 1; round <= count; round++)
        for (var i = 0; i < workloads.Count; i++)
        {
            var rate = sizes[i] / (await workloads[i].RunAsync(sizes[i], ct)).TotalSeconds;
            rates[i].Add(rate);
            say($"round {round} of {count}, {workloads[i].Name}: {rate:N0} {workloads[i].Unit}/s");
        }

        return [.. workloads.Select((w, i) => new Reached(w.Name, w.Unit, sizes[i], Median(rates[i]), rates[i]))];
    }

    /// <summary>The median of the ratios of the rounds: both sides of a ratio were measured within seconds of each other.</summary>
    public static double Ratio(Reached over, Reached under) => Median([.. over.Rounds.Zip(under.Rounds, (a, b) => a / b)]);

    internal static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
