using MarketingPlatform.Experimentation.Analysis;
using MarketingPlatform.Experimentation.Segments;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate.Experiments;

/// <summary>How the user wants an experiment analysed.</summary>
/// <param name="Control">Null: the arm whose name says so, else the first by name.</param>
/// <param name="Shares">Expected shares by arm; null: the same for all.</param>
internal sealed record ExperimentOptions(
    string? Control,
    InferenceMethod Method,
    double Alpha,
    long Tuning,
    IReadOnlyDictionary<string, double>? Shares
);

/// <summary>From summed-up rows to a report.</summary>
internal static class ExperimentAnalysis
{
    private static readonly string[] NamesOfControls = ["control", "baseline", "holdout", "hold-out", "none", "placebo", "a", "0", "false"];

    public static ExperimentReport Run(ExperimentInput input, ExperimentColumns columns, ExperimentOptions options)
    {
        var arms = input.Arms(0);
        var (control, guessed) = ControlOf(arms, options.Control);
        AnalysisPlan Plan(string metric) =>
            new()
            {
                Metric = columns.Denominator is null ? metric : $"{metric} per {columns.Denominator}",
                Control = control,
                Method = options.Method,
                Alpha = options.Alpha,
                Tuning = options.Tuning,
                Covariate = columns.Covariate is not null,
                Shares = options.Shares is null ? null : SharesOf(arms, options.Shares),
            };

        var results = columns.Metrics.Select((metric, i) => MetricAnalyser.Analyse(input.Arms(i), Plan(metric))).ToArray();
        var first = results[0];
        List<string> notes = [.. guessed is null ? [] : new[] { guessed }, .. first.Notes];
        if (input.UnitsInSeveralArms > 0)
            notes.Add($"{input.UnitsInSeveralArms} unit(s) were seen in several arms and are left out.");
        return new ExperimentReport(
            first.Metric,
            control,
            options.Method,
            [.. first.Arms.Select(ArmReport.Of)],
            new SampleRatioReport(first.SampleRatioP, first.SequentialSampleRatioP, first.SampleRatioAlarm),
            first.Sentence,
            input.Rows,
            input.UnitsInSeveralArms,
            notes,
            columns.Segment is null ? null : SegmentsOf(input, Plan(columns.Metrics[0]), notes),
            results.Length == 1 ? null : MetricsOf(results)
        );
    }

    private static (string Control, string? Guessed) ControlOf(IReadOnlyList<ObservedArm> arms, string? asked)
    {
        if (asked is not null)
        {
            return arms.Any(arm => arm.Name == asked)
                ? (asked, null)
                : throw new CommandException(
                    $"No arm is called \"{asked}\" (--control); the arms are: {string.Join(", ", arms.Select(arm => arm.Name))}."
                );
        }
        foreach (var name in NamesOfControls)
        {
            if (arms.FirstOrDefault(arm => arm.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found)
                return (found.Name, null);
        }
        var likely = arms.FirstOrDefault(arm =>
            arm.Name.StartsWith("control", StringComparison.OrdinalIgnoreCase)
            || arm.Name.StartsWith("no ", StringComparison.OrdinalIgnoreCase)
        );
        return likely is not null
            ? (likely.Name, null)
            : (arms[0].Name, $"No arm is called control: {arms[0].Name}, the first by name, is taken for it. Name another with --control.");
    }

    private static double[] SharesOf(IReadOnlyList<ObservedArm> arms, IReadOnlyDictionary<string, double> shares)
    {
        if (shares.Keys.FirstOrDefault(name => arms.All(arm => arm.Name != name)) is { } unknown)
            throw new CommandException($"No arm is called \"{unknown}\" (--share).");
        return
        [
            .. arms.Select(arm =>
                shares.TryGetValue(arm.Name, out var share)
                    ? share
                    : throw new CommandException($"--share is given for other arms and not for \"{arm.Name}\": give it for all.")
            ),
        ];
    }

    private static SegmentReport[] SegmentsOf(ExperimentInput input, AnalysisPlan plan, List<string> notes)
    {
        var effects = new List<(string Segment, string Arm, long Units, Difference Difference)>();
        var left = new List<string>();
        foreach (var (segment, arms) in input.Segments())
        {
            var known = arms.Where(arm => arm.Moments.Units >= 2).ToArray();
            var estimates = plan.Covariate
                ? Cuped.Adjust([.. known.Select(arm => arm.Moments)])
                : [.. known.Select(arm => Estimate.Of(arm.Moments))];
            var control = Array.FindIndex(known, arm => arm.Name == plan.Control);
            var before = effects.Count;
            for (var i = 0; control >= 0 && i < known.Length; i++)
            {
                if (i != control && Difference.Of(estimates[control], estimates[i]) is { } difference)
                    effects.Add((segment, known[i].Name, difference.Units, difference));
            }
            if (effects.Count == before)
                left.Add(segment);
        }
        if (left.Count > 0)
            notes.Add($"Too few units, or no variance, to compare arms in the segments: {string.Join(", ", left)}.");
        return
        [
            .. effects
                .GroupBy(effect => effect.Arm)
                .OrderBy(arm => arm.Key, StringComparer.Ordinal)
                .SelectMany(arm => Shrink([.. arm], plan.Alpha)),
        ];
    }

    private static IEnumerable<SegmentReport> Shrink(
        (string Segment, string Arm, long Units, Difference Difference)[] effects,
        double alpha
    )
    {
        var shrunken = SegmentShrinkage.Of([.. effects.Select(one => (one.Difference.Value, one.Difference.StandardError))], 1 - alpha);
        return effects.Zip(
            shrunken.Segments,
            (effect, segment) =>
            {
                var alone = WelchTest.Test(effect.Difference, alpha);
                return new SegmentReport(
                    effect.Segment,
                    effect.Arm,
                    effect.Units,
                    alone.Value,
                    [alone.Lower, alone.Upper],
                    segment.Effect,
                    [segment.Lower, segment.Upper],
                    segment.Weight
                );
            }
        );
    }

    private static MetricReport[] MetricsOf(MetricResult[] results)
    {
        var tests = results
            .SelectMany(result => result.Arms.Where(arm => arm.P is not null).Select(arm => (result.Metric, arm.Name, arm.P)))
            .ToArray();
        var adjusted = Multiplicity.BenjaminiHochberg([.. tests.Select(test => test.P!.Value)]);
        return
        [
            .. results.Select(result => new MetricReport(
                result.Metric,
                [.. result.Arms.Select(ArmReport.Of)],
                tests
                    .Zip(adjusted)
                    .Where(pair => pair.First.Metric == result.Metric)
                    .ToDictionary(pair => pair.First.Name, pair => pair.Second),
                result.Sentence,
                result.Notes
            )),
        ];
    }
}
