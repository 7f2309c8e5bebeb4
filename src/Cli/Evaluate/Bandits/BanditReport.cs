using System.Globalization;
using MarketingPlatform.Cli.Evaluate.Plots;
using MarketingPlatform.Experimentation.Bandits;

namespace MarketingPlatform.Cli.Evaluate.Bandits;

/// <summary>What one policy came to.</summary>
/// <param name="Regret">Mean pseudo-regret of the runs, in successes.</param>
/// <param name="StandardError">Of that mean.</param>
/// <param name="ExpectedReward">Mean expected successes of a run.</param>
/// <param name="Plays">Mean plays of each arm.</param>
/// <param name="Curve">Mean pseudo-regret after each checkpoint.</param>
internal sealed record PolicyResult(
    string Policy,
    double Regret,
    double StandardError,
    double ExpectedReward,
    double[] Plays,
    double[] Curve
);

/// <summary>What the command prints.</summary>
/// <param name="Arms">Success rates; null where each run draws its own.</param>
/// <param name="ExactProgramme">Expected successes of the best possible policy, where it can be worked out.</param>
internal sealed record BanditReport(
    double[]? Arms,
    int ArmCount,
    SimulationPlan Plan,
    int Runs,
    int Seed,
    double? ExactProgramme,
    int[] Checkpoints,
    IReadOnlyList<PolicyResult> Policies
)
{
    public LineChart ToChart() =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"What learning costs: {ArmCount} arms, mean of {Runs:N0} runs"),
            "round",
            "pseudo-regret (successes)",
            [
                .. Policies.Select(policy => new Line(
                    policy.Policy,
                    [(0, 0), .. Checkpoints.Zip(policy.Curve, (round, regret) => ((double)round, regret))]
                )),
            ]
        );

    public void Write(TextWriter output)
    {
        var arms = Arms is null ? $"{ArmCount} arms drawn anew in each run" : string.Join(", ", Arms.Select(rate => Invariant($"{rate}")));
        Print($"arms {arms}; {Plan.Rounds:N0} rounds, {Runs:N0} runs, seed {Seed}");
        Print($"{"policy", -18}{"mean regret", 12}{"std. error", 12}{"mean reward", 14}");
        foreach (var policy in Policies)
            Print($"{policy.Policy, -18}{policy.Regret, 12:N2}{policy.StandardError, 12:N2}{policy.ExpectedReward, 14:N3}");
        if (ExactProgramme is { } programme)
        {
            Print($"the exact programme earns {programme:N3}; no policy earns more on average");
            foreach (var policy in Policies)
                Print($"  {policy.Policy}: {policy.ExpectedReward / programme:P2} of it");
        }

        void Print(FormattableString line) => output.WriteLine(Invariant(line));
        static string Invariant(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
    }
}
