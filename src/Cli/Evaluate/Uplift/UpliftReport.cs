using System.Globalization;
using MarketingPlatform.Cli.Evaluate.Plots;
using MarketingPlatform.Experimentation.Intervals;
using MarketingPlatform.Experimentation.Uplift;

namespace MarketingPlatform.Cli.Evaluate.Uplift;

/// <summary>What one learner came to on people it had not seen.</summary>
internal sealed record LearnerResult(string Learner, QiniResult Result);

/// <summary>What the command prints.</summary>
internal sealed record UpliftReport(
    string Input,
    int TrainedOn,
    int TestedOn,
    int Features,
    int Seed,
    IReadOnlyList<LearnerResult> Learners
)
{
    public LineChart ToChart() =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"Qini curves on {TestedOn:N0} people not trained on"),
            "share treated, highest predicted uplift first",
            "gain a treated person",
            [
                .. Learners.Select(learner => new Line(
                    learner.Learner,
                    [.. learner.Result.Curve.Select(point => (point.Share, point.Gain))]
                )),
                new Line("at random", [(0, 0), (1, Learners[0].Result.MeanEffect)], Dashed: true),
            ]
        );

    public void Write(TextWriter output)
    {
        Print($"{Input}: trained on {TrainedOn:N0} people with {Features} features, tested on {TestedOn:N0} others (seed {Seed})");
        Print(
            $"mean effect among those: {Learners[0].Result.MeanEffect:F5}; random targeting: Qini 0, AUUC {Learners[0].Result.MeanEffect / 2:F5}"
        );
        Print($"{"learner", -22}{"Qini", 9}   {"95 % interval", -22}{"AUUC", 9}   {"95 % interval", -22}");
        foreach (var (name, result) in Learners)
            Print(
                $"{name, -22}{result.Qini.Estimate, 9:F5}   {Bounds(result.Qini), -22}{result.Auuc.Estimate, 9:F5}   {Bounds(result.Auuc), -22}"
            );

        void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture).TrimEnd());
    }

    private static string Bounds(Interval area) => string.Create(CultureInfo.InvariantCulture, $"[{area.Lower:F5}, {area.Upper:F5}]");
}
