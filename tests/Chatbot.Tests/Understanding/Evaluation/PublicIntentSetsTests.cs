using MarketingPlatform.Chatbot.Understanding;
using MarketingPlatform.Chatbot.Understanding.Evaluation;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Understanding.Evaluation;

/// <summary>The numbers that the classifier must reach on public sets, with its defaults; of SNIPS what it reached, short of its goal.</summary>
[Trait("Category", "Slow")]
public sealed class PublicIntentSetsTests
{
    private static readonly string Data = Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "..", "shared", "data")
    );

    [Fact]
    public async Task Clinc150_with_out_of_scope_and_typos()
    {
        var set = await FileAsync("intent-clinc150", "train_val.json.gz");

        var report = Judge([(await ReadAsync(set + ":train+oos_train"), await ReadAsync(set + ":val+oos_val"))], typos: 0.2);

        Assert.True(report.Metrics.Accuracy >= 0.932, report.ToString());
        Assert.True(report.Metrics.OutOfScopeAuroc >= 0.96, report.ToString());
        Assert.True(report.Metrics.OutOfScopeRecall >= 0.75 && report.Metrics.FalseRejection <= 0.04, report.ToString());
        Assert.True(report.Metrics.CalibrationError <= 0.03, report.ToString());
        Assert.True(report.TypoAccuracy >= report.Metrics.Accuracy - 0.10, report.ToString());
    }

    [Fact]
    public async Task Snips()
    {
        var train = await ReadAsync(await FileAsync("intent-snips", "train.csv.gz"));
        var test = await ReadAsync(await FileAsync("intent-snips", "test.csv"));

        // The goal is 98 %: docs/status.md says what it is short of.
        Assert.True(Judge([(train, test)]).Metrics.Accuracy >= 0.975);
    }

    [Fact]
    public async Task Banking77_in_five_folds()
    {
        var numbered = IntentTrainer.Folded(await ReadAsync(await FileAsync("intent-banking77", "train.csv")), 5);

        var report = Judge([
            .. Enumerable
                .Range(0, 5)
                .Select(f =>
                    (
                        (IReadOnlyList<Example>)[.. numbered.Where(n => n.Fold != f).Select(n => n.Example)],
                        (IReadOnlyList<Example>)[.. numbered.Where(n => n.Fold == f).Select(n => n.Example)]
                    )
                ),
        ]);

        Assert.True(report.Metrics.Accuracy >= 0.915, report.ToString());
    }

    private static IntentReport Judge(IReadOnlyList<(IReadOnlyList<Example>, IReadOnlyList<Example>)> rounds, double typos = 0) =>
        IntentEvaluation
            .Run(
                rounds,
                null,
                new TrainerOptions("oos", 0.03),
                typos,
                1,
                TimeProvider.System,
                TextWriter.Null,
                TestContext.Current.CancellationToken
            )
            .Report;

    private static Task<IReadOnlyList<Example>> ReadAsync(string spec) =>
        LabelledFile.ReadAsync(spec, "text", null, TestContext.Current.CancellationToken);

    private static Task<string> FileAsync(string folder, string name)
    {
        var path = Path.Combine(Environment.GetEnvironmentVariable("MARKETING_TEST_DATA") ?? Data, folder, name);
        Assert.SkipUnless(File.Exists(path), $"{path} is missing: set MARKETING_TEST_DATA to the folder of public data.");
        return Task.FromResult(path);
    }
}
