using System.Xml.Linq;
using MarketingPlatform.Cli.Evaluate.Bandits;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Evaluate.Bandits;

public sealed class EvaluateBanditCommandTests : IDisposable
{
    private readonly CommandRun _bandit = new(EvaluateBanditCommand.Create());

    [Fact]
    public async Task The_same_seed_gives_the_same_figures_and_policies_keep_their_order()
    {
        string[] args = ["--arms", "0.9,0.8", "--rounds", "2000", "--runs", "20", "--policy", "thompson", "uniform", "--seed", "3"];

        var first = await _bandit.JsonAsync(args);
        var second = await _bandit.JsonAsync(args);

        Assert.Equal(first.ToJsonString(), second.ToJsonString());
        var policies = first["policies"]!.AsArray();
        Assert.Equal(["thompson", "uniform"], policies.Select(policy => (string)policy!["policy"]!));
        Assert.InRange((double)policies[0]!["regret"]!, 1, 20);
        Assert.Equal(100, (double)policies[1]!["regret"]!, 3.0);
        Assert.InRange((double)policies[0]!["standardError"]!, 0.01, 5);
        Assert.Equal(2_000, policies[0]!["plays"]!.AsArray().Sum(plays => (double)plays!), 1e-6);
    }

    /// <summary>Issue D: at least 99.4 % of the programme's 64.918.</summary>
    [Fact]
    public async Task The_exact_policy_earns_what_the_programme_promises()
    {
        var report = await _bandit.JsonAsync("--random-arms", "2", "--rounds", "100", "--runs", "4000", "--policy", "exact");

        var programme = (double)report["exactProgramme"]!;
        Assert.Equal(64.918, programme, 0.0005);
        Assert.InRange((double)report["policies"]![0]!["expectedReward"]! / programme, 0.994, 1.006);
    }

    [Theory]
    [InlineData("Say which arms")]
    [InlineData("Say which arms", "--arms", "0.1", "--random-arms", "2")]
    [InlineData("rate 2, \"x\", is not a number", "--arms", "0.1,x")]
    [InlineData("rate 1, \"1.5\", is not a number", "--arms", "1.5")]
    [InlineData("between 0 and 1 / 2", "--arms", "0.1,0.2", "--minimum-share", "0.6")]
    [InlineData("2 arms and at most 200 rounds", "--arms", "0.1,0.2", "--policy", "exact")]
    [InlineData("leave out --batch", "--arms", "0.1,0.2", "--policy", "exact", "--rounds", "50", "--delay", "3")]
    public async Task What_makes_no_sense_is_refused(string because, params string[] args) =>
        Assert.Contains(because, await _bandit.FailureAsync(args), StringComparison.Ordinal);

    [Fact]
    public async Task The_regret_of_each_policy_is_drawn()
    {
        var plot = _bandit.In("regret.svg");

        await _bandit.TextAsync("--arms", "0.5,0.4", "--rounds", "200", "--runs", "2", "--policy", "thompson", "ucb1", "--plot", plot);

        Assert.Equal(2, XDocument.Load(plot).Root!.Elements().Count(element => element.Name.LocalName == "polyline"));
        Assert.Contains(
            "(--plot) cannot be written",
            await _bandit.FailureAsync("--arms", "0.5", "--rounds", "2", "--runs", "2", "--plot", _bandit.In("no/such.svg")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_unknown_policy_is_refused() =>
        Assert.Contains("thompson", _bandit.Refusal("--arms", "0.1", "--policy", "greedy"), StringComparison.Ordinal);

    [Fact]
    public async Task The_test_size_of_the_papers_website_is_2284()
    {
        using var roll = new CommandRun(TestAndRollCommand.Create());

        var report = await roll.JsonAsync("--list", "100000", "--variance", "0.2176", "--spread", "0.03");

        Assert.Equal(2_284, (long)report["testSize"]!);
        Assert.Contains("--spread", roll.Refusal("--list", "10", "--variance", "1", "--spread", "0"), StringComparison.Ordinal);
    }

    public void Dispose() => _bandit.Dispose();
}
