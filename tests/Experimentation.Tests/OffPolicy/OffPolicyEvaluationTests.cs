using CsCheck;
using MarketingPlatform.Experimentation.Bandits;
using MarketingPlatform.Experimentation.OffPolicy;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.OffPolicy;

public sealed class OffPolicyEvaluationTests
{
    /// <summary>Two contexts, three actions; the target prefers what the log seldom did.</summary>
    private static readonly double[][] Logging =
    [
        [0.6, 0.3, 0.1],
        [0.2, 0.2, 0.6],
    ];

    private static readonly double[][] Rates =
    [
        [0.05, 0.10, 0.30],
        [0.20, 0.10, 0.05],
    ];
    private static readonly TargetPolicy Target = new([
        [0.1, 0.2, 0.7],
        [0.7, 0.2, 0.1],
    ]);

    [Fact]
    public void Every_interval_holds_the_truth_about_as_often_as_it_says()
    {
        var truth = Truth();
        var held = new Dictionary<string, int>();
        const int Logs = 300;
        for (var seed = 0; seed < Logs; seed++)
            foreach (var estimate in OffPolicyEvaluation.Evaluate(Log(500, new Random(seed)), Target).Estimates)
                held[estimate.Estimator] = held.GetValueOrDefault(estimate.Estimator) + (estimate.Reward.Contains(truth) ? 1 : 0);

        // 95 % of 300 are 285 with a standard deviation of 4; small logs may cost a little more.
        Assert.Equal(["direct", "doubly-robust", "ips", "snips", "switch-dr"], held.Keys.Order());
        Assert.All(held, pair => Assert.True(pair.Value >= 0.91 * Logs, $"{pair.Key} held it in {pair.Value} of {Logs} logs"));
    }

    [Fact]
    public void The_doubly_robust_estimate_is_narrower_than_weighting_alone()
    {
        var estimates = OffPolicyEvaluation.Evaluate(Log(100_000, new Random(8)), Target).Estimates.ToDictionary(e => e.Estimator);

        Assert.True(Width("doubly-robust") < Width("ips"));
        Assert.All(estimates.Values, estimate => Assert.Equal(Truth(), estimate.Reward.Estimate, 0.01));

        double Width(string name) => estimates[name].Reward.Upper - estimates[name].Reward.Lower;
    }

    [Fact]
    public void The_policy_that_wrote_the_log_is_estimated_by_its_mean()
    {
        var log = Log(1_000, new Random(3));

        var report = OffPolicyEvaluation.Evaluate(log, new TargetPolicy(Logging));

        var mean = log.Average(decision => decision.Reward);
        Assert.Equal(mean, report.OnPolicy.Estimate, 1e-12);
        Assert.All(report.Estimates.Take(2), estimate => Assert.Equal(mean, estimate.Reward.Estimate, 1e-12));
        Assert.All(report.Estimates, estimate => Assert.Equal(1_000, estimate.EffectiveSampleSize, 1e-6));
        Assert.Equal(1, report.MeanWeight, 1e-12);
    }

    [Fact]
    public void Effective_sample_sizes_are_the_squared_sum_by_the_sum_of_squares()
    {
        var log = Log(400, new Random(4));
        var weights = log.Select(decision => Target[decision.Context, decision.Action] / decision.Propensity).ToArray();

        var ips = OffPolicyEvaluation.Evaluate(log, Target).Estimates[0];

        Assert.Equal(Math.Pow(weights.Sum(), 2) / weights.Sum(w => w * w), ips.EffectiveSampleSize, 1e-9);
        Assert.Equal(log.Zip(weights, (decision, w) => decision.Reward * w).Average(), ips.Reward.Estimate, 1e-12);
    }

    [Fact]
    public void A_constant_added_to_all_rewards_shifts_the_self_normalised_estimate_by_it() =>
        Gen.Double[-100, 100]
            .Sample(
                shift =>
                {
                    var log = Log(200, new Random(5));
                    var shifted = log.Select(decision => decision with { Reward = decision.Reward + shift }).ToArray();
                    var (before, after) = (Snips(log), Snips(shifted));
                    return Math.Abs(after - before - shift) < 1e-9;
                },
                iter: 30
            );

    [Fact]
    public void Few_huge_weights_are_left_to_the_model_where_that_is_the_smaller_error()
    {
        // A third action, one in 2,000, that the target takes half of the time, and rewards that depend on nothing.
        var random = new Random(2);
        var logging = new Allocation([0.4995, 0.5, 0.0005]);
        var log = Enumerable
            .Range(0, 20_000)
            .Select(_ =>
            {
                var choice = logging.Choose(random);
                return new LoggedDecision(0, choice.Arm, random.NextDouble() < 0.3 ? 1 : 0, choice.Propensity);
            })
            .ToArray();

        var report = OffPolicyEvaluation.Evaluate(
            log,
            new TargetPolicy([
                [0.25, 0.25, 0.5],
            ])
        );

        Assert.Equal(0.3, report.Estimates.Single(estimate => estimate.Estimator == "direct").Reward.Estimate, 0.02);
        Assert.All(report.Estimates, estimate => Assert.True(estimate.Reward.Contains(0.3), estimate.ToString()));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(0)]
    [InlineData(1.5)]
    public void Missing_propensities_are_refused(double propensity)
    {
        var log = Log(200, new Random(1));
        log[17] = log[17] with { Propensity = propensity };

        var refusal = Assert.Throws<OffPolicyRefusalException>(() => OffPolicyEvaluation.Evaluate(log, Target));

        Assert.Contains("1 of 200 decisions have no propensity", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_target_that_does_what_the_log_never_did_is_refused()
    {
        var log = Log(5_000, new Random(1)).Where(decision => decision is not { Context: 0, Action: 2 }).ToArray();

        var refusal = Assert.Throws<OffPolicyRefusalException>(() => OffPolicyEvaluation.Evaluate(log, Target));

        Assert.Contains("does not support", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Propensities_that_are_not_those_of_the_log_are_refused()
    {
        var log = Log(5_000, new Random(1)).Select(decision => decision with { Propensity = 1.0 / 3 }).ToArray();

        var refusal = Assert.Throws<OffPolicyRefusalException>(() => OffPolicyEvaluation.Evaluate(log, Target));

        Assert.Contains("do not belong to this log", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_handful_of_decisions_is_refused() =>
        Assert.Throws<OffPolicyRefusalException>(() => OffPolicyEvaluation.Evaluate(Log(99, new Random(1)), Target));

    [Fact]
    public void What_is_no_policy_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new TargetPolicy([]));
        Assert.Throws<ArgumentException>(() =>
            new TargetPolicy([
                [0.5, 0.4],
            ])
        );
        Assert.Throws<ArgumentException>(() =>
            new TargetPolicy([
                [0.5, 0.5],
                [1],
            ])
        );
        Assert.Throws<ArgumentException>(() => OffPolicyEvaluation.Evaluate(Log(200, new Random(1)), TargetPolicy.Uniform(1, 3)));
        Assert.Throws<ArgumentException>(() => OffPolicyEvaluation.Evaluate(Log(200, new Random(1)), TargetPolicy.Uniform(2, 2)));
    }

    private static double Snips(IReadOnlyList<LoggedDecision> log) =>
        OffPolicyEvaluation.Evaluate(log, Target).Estimates.Single(estimate => estimate.Estimator == "snips").Reward.Estimate;

    private static double Truth() =>
        Enumerable.Range(0, 2).Sum(context => 0.5 * Enumerable.Range(0, 3).Sum(action => Target[context, action] * Rates[context][action]));

    private static LoggedDecision[] Log(int decisions, Random random)
    {
        var policy = Logging.Select(shares => new Allocation(shares)).ToArray();
        return
        [
            .. Enumerable
                .Range(0, decisions)
                .Select(_ =>
                {
                    var context = random.Next(2);
                    var choice = policy[context].Choose(random);
                    var reward = random.NextDouble() < Rates[context][choice.Arm] ? 1 : 0;
                    return new LoggedDecision(context, choice.Arm, reward, choice.Propensity);
                }),
        ];
    }
}
