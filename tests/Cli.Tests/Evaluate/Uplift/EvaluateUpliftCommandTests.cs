using System.Globalization;
using System.Text;
using MarketingPlatform.Cli.Evaluate.Uplift;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Evaluate.Uplift;

public sealed class EvaluateUpliftCommandTests : IDisposable
{
    private readonly CommandRun _uplift = new(EvaluateUpliftCommand.Create());

    [Fact]
    public async Task On_Hillstroms_mails_every_learner_ranks_unseen_people_better_than_chance()
    {
        var report = await _uplift.JsonAsync(
            "--input",
            CommandRun.Shared("hillstrom-email", "hillstrom.csv"),
            "--treatment",
            "segment",
            "--control",
            "No E-Mail",
            "--treated",
            "Womens E-Mail",
            "--outcome",
            "visit",
            "--features",
            "recency,history,mens,womens,zip_code,newbie,channel"
        );

        var learners = report["learners"]!.AsArray();
        Assert.Equal(["two-model", "transformed-outcome", "x-learner"], learners.Select(learner => (string)learner!["learner"]!));
        Assert.All(learners, learner => Assert.True((double)learner!["result"]!["qini"]!["estimate"]! > 0));
        Assert.True((int)report["testedOn"]! >= 10_000);
    }

    [Fact]
    public async Task Whom_a_treatment_moves_is_found_in_numbers_and_in_texts()
    {
        var test = _uplift.Write("test.csv", Test(people: 4_000));

        var report = await _uplift.JsonAsync(Ask(test, "age,town"));

        // Of the four groups only the old in Bath react, by 0.4: the best possible Qini is 0.375 × 0.1.
        Assert.All(
            report["learners"]!.AsArray(),
            learner => Assert.InRange((double)learner!["result"]!["qini"]!["estimate"]!, 0.02, 0.055)
        );
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_figures()
    {
        var test = _uplift.Write("test.csv", Test(people: 1_000));
        string[] args = [.. Ask(test, "age,town"), "--learner", "x-learner", "--seed", "5"];

        Assert.Equal(await _uplift.TextAsync(args), await _uplift.TextAsync(args));
    }

    [Fact]
    public async Task What_cannot_be_learned_from_is_refused_with_the_place()
    {
        var test = _uplift.Write("test.csv", Test(people: 1_000));
        var small = _uplift.Write("small.csv", Test(people: 60));
        var bad = _uplift.Write("bad.csv", "age,town,arm,bought\n20,Bath,mail,often\n");

        Assert.Contains("no column \"shoe\" (--features)", await _uplift.FailureAsync(Ask(test, "shoe")), StringComparison.Ordinal);
        Assert.Contains(
            "neither the treatment nor the outcome",
            await _uplift.FailureAsync(Ask(test, "age,bought")),
            StringComparison.Ordinal
        );
        Assert.Contains("is too small", await _uplift.FailureAsync(Ask(small, "age")), StringComparison.Ordinal);
        Assert.Contains(
            "bad.csv, line 2, column \"bought\": \"often\" is not a number",
            await _uplift.FailureAsync(Ask(bad, "age")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "column \"arm\": nobody has \"letter\". Its values are: mail, none.",
            await _uplift.FailureAsync([.. Ask(test, "age"), "--treated", "letter"]),
            StringComparison.Ordinal
        );
        Assert.Contains("between 0.1 and 0.9", _uplift.Refusal([.. Ask(test, "age"), "--test-share", "1"]), StringComparison.Ordinal);
    }

    public void Dispose() => _uplift.Dispose();

    private static string[] Ask(string file, string features) =>
        ["--input", file, "--treatment", "arm", "--control", "none", "--outcome", "bought", "--features", features];

    private static string Test(int people)
    {
        var random = new Random(1);
        var text = new StringBuilder("age,town,arm,bought\n");
        for (var i = 0; i < people; i++)
        {
            var (age, town, mail) = (random.Next(20, 80), random.Next(2) == 0 ? "Bath" : "York", random.Next(2) == 0);
            var bought = random.NextDouble() < 0.2 + (mail && age >= 50 && town == "Bath" ? 0.4 : 0);
            text.Append(CultureInfo.InvariantCulture, $"{age},{town},{(mail ? "mail" : "none")},{(bought ? 1 : 0)}\n");
        }
        return text.ToString();
    }
}
