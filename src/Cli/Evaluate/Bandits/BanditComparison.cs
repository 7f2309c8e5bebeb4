using MarketingPlatform.Experimentation.Bandits;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate.Bandits;

/// <summary>Many runs of some policies on the same arms.</summary>
/// <param name="Rates">Given rates, or none where they are drawn.</param>
/// <param name="RandomArms">Arms whose rates are drawn uniformly in each run; 0 where they are given.</param>
internal sealed record BanditComparison(double[] Rates, int RandomArms, SimulationPlan Plan, int Runs, int Seed)
{
    private int Arms => RandomArms > 0 ? RandomArms : Rates.Length;

    public void ThrowIfSenseless()
    {
        if (Rates.Length == 0 == (RandomArms == 0))
            throw new CommandException("Say which arms: either their rates (--arms 0.05,0.02,0.02) or how many to draw (--random-arms 2).");
        if (!(Plan.MinimumShare >= 0 && Plan.MinimumShare * Arms <= 1))
            throw new CommandException($"--minimum-share lies between 0 and 1 / {Arms}, for {Arms} arms.");
    }

    public BanditReport Run(IReadOnlyList<string> policies, CancellationToken ct)
    {
        var checkpoints = Checkpoints(Plan.Rounds);
        var results = policies.Select(name => Run(name, checkpoints, ct)).ToArray();
        var programme =
            RandomArms == 2 && Plan.Rounds <= ShortList.Longest
                ? ShortList.Plan(new BetaArm(), new BetaArm(), Plan.Rounds).ExpectedSuccesses
                : (double?)null;
        return new BanditReport(Rates.Length > 0 ? Rates : null, Arms, Plan, Runs, Seed, programme, checkpoints, results);
    }

    private PolicyResult Run(string name, int[] checkpoints, CancellationToken ct)
    {
        var policy = Policies.Named(name, Arms, Plan);

        // Every policy meets the same seeds, and a run depends on its own seed alone, not on which processor takes it.
        var source = new Random(Seed);
        var seeds = Enumerable.Range(0, Runs).Select(_ => source.Next()).ToArray();
        var runs = new SimulatedRun[Runs];
        Parallel.For(
            0,
            Runs,
            new ParallelOptions { CancellationToken = ct },
            run =>
            {
                var random = new Random(seeds[run]);
                var rates = RandomArms > 0 ? Enumerable.Range(0, RandomArms).Select(_ => random.NextDouble()).ToArray() : Rates;
                runs[run] = BanditSimulation.Run(rates, Plan, policy, random, checkpoints);
            }
        );

        var regret = runs.Average(run => run.Regret);
        var variance = runs.Sum(run => (run.Regret - regret) * (run.Regret - regret)) / (Runs - 1);

        // The best of k uniform rates is k / (k + 1) on average: known, so its chance need not blur the reward.
        var best = RandomArms > 0 ? RandomArms / (RandomArms + 1.0) : Rates.Max();
        return new PolicyResult(
            name,
            regret,
            Math.Sqrt(variance / Runs),
            Plan.Rounds * best - regret,
            [.. Enumerable.Range(0, Arms).Select(arm => runs.Average(run => (double)run.Plays[arm]))],
            [.. checkpoints.Select((_, i) => runs.Average(run => run.Curve[i]))]
        );
    }

    /// <summary>A hundred rounds evenly spread, the last among them.</summary>
    private static int[] Checkpoints(int rounds) =>
        [.. Enumerable.Range(1, 100).Select(i => (int)((long)rounds * i / 100)).Distinct().Where(at => at > 0)];
}
