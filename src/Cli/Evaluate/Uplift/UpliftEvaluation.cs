using MarketingPlatform.Experimentation.Uplift;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate.Uplift;

/// <summary>Trains on one random part of a test and measures on the other.</summary>
internal sealed record UpliftEvaluation(double TestShare, int Seed, int Resamples)
{
    /// <summary>People of an arm in a part below which trees have nothing to split.</summary>
    private const int Fewest = 50;

    public static readonly Dictionary<string, Func<UpliftSample, Regressor, Predictor>> Learners = new()
    {
        ["two-model"] = MetaLearners.TwoModel,
        ["transformed-outcome"] = MetaLearners.TransformedOutcome,
        ["x-learner"] = MetaLearners.XLearner,
    };

    public UpliftReport Run(string path, TestTable table, IReadOnlyList<string> learners, CancellationToken ct)
    {
        var people = Enumerable.Range(0, table.Count).ToArray();
        new Random(Seed).Shuffle(people);
        var test = people[..(int)(people.Length * TestShare)];
        var train = people[test.Length..];
        foreach (var part in new[] { train, test })
        foreach (var arm in new[] { true, false })
            if (part.Count(i => table.Treated[i] == arm) is var count && count < Fewest)
                throw new CommandException(
                    $"{path} is too small: a part of it has {count} {(arm ? "treated" : "untreated")} people, and {Fewest} are the least."
                );

        var features = table.Encode(train);
        var sample = new UpliftSample(Of(train, features), Of(train, table.Treated), Of(train, table.Outcomes));
        var (treated, outcomes) = (Of(test, table.Treated), Of(test, table.Outcomes));
        var results = new List<LearnerResult>();
        foreach (var name in learners)
        {
            ct.ThrowIfCancellationRequested();
            var predicted = Learners[name](sample, LightGbmRegressor.Create(Seed))(Of(test, features));
            results.Add(new LearnerResult(name, QiniCurve.Of(predicted, treated, outcomes, new Random(Seed), Resamples)));
        }
        return new UpliftReport(path, train.Length, test.Length, features.Length == 0 ? 0 : features[0].Length, Seed, results);
    }

    private static T[] Of<T>(int[] people, IReadOnlyList<T> all) => [.. people.Select(i => all[i])];
}
