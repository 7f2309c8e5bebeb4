using MarketingPlatform.Chatbot.Understanding;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Understanding;

public sealed class CalibrationTests
{
    [Fact]
    public void A_model_that_is_right_less_often_than_it_says_is_cooled_down()
    {
        // Says 0.99 and is right in 7 of 10 cases.
        var judged = Enumerable.Range(0, 100).Select(n => Case(n % 10 < 7 ? "a" : "b", 0.99)).ToArray();

        var calibration = Calibration.Fit(judged, 0.05);

        Assert.True(calibration.Temperature > 1);
        Assert.InRange(calibration.Best(judged[0].Scores).Confidence, 0.6, 0.8);
    }

    [Fact]
    public void The_threshold_rejects_the_stated_share_of_right_guesses()
    {
        var judged = Enumerable.Range(1, 100).Select(n => Case("a", 0.5 + 0.004 * n)).ToArray();

        var calibration = Calibration.Fit(judged, 0.1);

        Assert.Equal(10, judged.Count(j => calibration.Best(j.Scores).Confidence < calibration.Threshold));
        Assert.Equal(0.1, calibration.Measure(judged).FalseRejection);
    }

    [Fact]
    public void Out_of_scope_is_never_the_guess_and_lowers_its_confidence()
    {
        var scores = new Dictionary<string, double>
        {
            ["a"] = 0.2,
            ["b"] = 0.1,
            [Intents.OutOfScope] = 0.7,
        };

        Assert.Equal(new Guess("a", 0.2), new Calibration(1, 0.5).Best(scores) with { Confidence = 0.2 });
        Assert.Equal(0.2, new Calibration(1, 0.5).Best(scores).Confidence, 1e-9);
    }

    private static Judged Case(string truth, double a) => new(truth, new Dictionary<string, double> { ["a"] = a, ["b"] = 1 - a });
}
