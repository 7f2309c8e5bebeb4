using MarketingPlatform.Cli.Evaluate.OffPolicy;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Evaluate.OffPolicy;

public sealed class EvaluatePolicyCommandTests : IDisposable
{
    private const string Header = "action,reward,propensity,place\n";

    private readonly CommandRun _policy = new(EvaluatePolicyCommand.Create());

    [Theory]
    [InlineData("random_men", "bts_men")]
    [InlineData("bts_men", "random_men")]
    public async Task Either_log_of_Open_Bandit_tells_what_the_other_earned(string log, string target)
    {
        var report = await _policy.JsonAsync(
            "--log",
            CommandRun.Shared("open-bandit-small", $"{log}.csv.gz"),
            "--target",
            CommandRun.Shared("open-bandit-small", $"{target}.csv.gz"),
            "--action",
            "item_id",
            "--reward",
            "click",
            "--propensity",
            "propensity_score",
            "--context",
            "position"
        );

        var truth = (double)report["targetOnPolicy"]!;
        var estimates = report["result"]!["estimates"]!.AsArray();
        Assert.Equal(
            ["ips", "snips", "direct", "doubly-robust", "switch-dr"],
            estimates.Select(estimate => (string)estimate!["estimator"]!)
        );
        foreach (var estimate in estimates)
        {
            Assert.InRange(truth, (double)estimate!["reward"]!["lower"]!, (double)estimate["reward"]!["upper"]!);
            Assert.InRange((double)estimate["effectiveSampleSize"]!, 100, 10_000);
        }
    }

    [Theory]
    [InlineData("action,reward\na,1\n", "no column \"propensity\" (--propensity)")]
    [InlineData(Header + "a,1,,x\n", "log.csv, line 2, column \"propensity\": the propensity is missing")]
    [InlineData(Header + "a,1,0,x\n", "log.csv, line 2, column \"propensity\": \"0\" is no propensity")]
    [InlineData(Header + "a,yes,0.5,x\n", "log.csv, line 2, column \"reward\": \"yes\" is not a number")]
    [InlineData(Header + ",1,0.5,x\n", "log.csv, line 2, column \"action\": no action")]
    [InlineData(Header + "a,1,0.5,x\n", "A log of 1 decisions")]
    public async Task A_log_that_cannot_be_used_is_refused_with_the_place(string text, string because)
    {
        var log = _policy.Write("log.csv", text);

        Assert.Contains(because, await _policy.FailureAsync("--log", log, "--target", "uniform"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_as_a_table_is_answered_and_one_without_support_is_refused()
    {
        var log = _policy.Write("log.csv", Header + string.Concat(Enumerable.Range(0, 300).Select(i => $"{"ab"[i % 2]},{i % 2},0.5,x\n")));
        var onlyB = _policy.Write("b.csv", "place,action,probability\nx,b,1\n");
        var other = _policy.Write("c.csv", "place,action,probability\nx,b,0.5\nx,c,0.5\n");
        var half = _policy.Write("half.csv", "place,action,probability\nx,b,0.5\n");
        var elsewhere = _policy.Write("y.csv", "place,action,probability\ny,b,1\n");
        string[] Ask(string table) => ["--log", log, "--target", table, "--table", "--context", "place"];

        var report = await _policy.JsonAsync(Ask(onlyB));

        Assert.Equal(1, (double)report["result"]!["estimates"]![0]!["reward"]!["estimate"]!, 1e-9);
        Assert.Contains("does not support this policy: 50.0", await _policy.FailureAsync(Ask(other)), StringComparison.Ordinal);
        Assert.Contains("sum to 0.5", await _policy.FailureAsync(Ask(half)), StringComparison.Ordinal);
        Assert.Contains("says nothing about a context", await _policy.FailureAsync(Ask(elsewhere)), StringComparison.Ordinal);
    }

    public void Dispose() => _policy.Dispose();
}
