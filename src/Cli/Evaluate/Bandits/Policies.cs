using MarketingPlatform.Experimentation.Bandits;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate.Bandits;

/// <summary>The policies by the names that the command line has for them.</summary>
internal static class Policies
{
    private const string ExactName = "exact";

    private static readonly Dictionary<string, BernoulliPolicy> Known = new()
    {
        ["thompson"] = BernoulliPolicies.AtLeast(BernoulliPolicies.Optimistic(BetaArm.Jeffreys)),
        ["thompson-jeffreys"] = BernoulliPolicies.Thompson(BetaArm.Jeffreys),
        ["thompson-uniform"] = BernoulliPolicies.Thompson(new BetaArm()),
        ["top-two"] = BernoulliPolicies.TopTwo(BetaArm.Jeffreys),
        ["kl-ucb"] = BernoulliPolicies.KlUcb,
        ["ucb1"] = BernoulliPolicies.Ucb1,
        ["uniform"] = BernoulliPolicies.Uniform,
    };

    public static IReadOnlyList<string> Names { get; } = [.. Known.Keys, ExactName];

    /// <exception cref="CommandException">The exact programme is not for such a list.</exception>
    public static BernoulliPolicy Named(string name, int arms, SimulationPlan plan)
    {
        if (name != ExactName)
            return Known[name];
        if (arms != 2 || plan.Rounds > ShortList.Longest)
            throw new CommandException(
                $"The exact programme is for 2 arms and at most {ShortList.Longest} rounds; {arms} arms and {plan.Rounds} rounds were asked for. "
                    + "Use --policy thompson."
            );
        if (plan is not { Batch: 1, Delay: 0, Keep: 1 })
            throw new CommandException(
                "The exact programme needs every result before the next play, and forgets none: leave out --batch, --delay and --half-life."
            );
        return BernoulliPolicies.Exact(ShortList.Plan(new BetaArm(), new BetaArm(), plan.Rounds));
    }
}
