using System.CommandLine;
using System.Globalization;
using CsvHelper;
using MarketingPlatform.Chatbot.Understanding.Classifier;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Chatbot.Understanding.Evaluation;

/// <summary><c>marketing evaluate intents</c>: trains the chatbot's classifier on a file and judges it on what it has not seen.</summary>
internal static class EvaluateIntentsCommand
{
    public static Command Create()
    {
        var train = new Option<string>("--train")
        {
            Description = "Examples: CSV or JSON, gzip too; FILE:part+part takes lists of a JSON object.",
            Required = true,
        };
        var test = new Option<string?>("--test") { Description = "Examples to judge, in the same forms." };
        var validation = new Option<string?>("--validation")
        {
            Description = "Examples that set blend, temperature and threshold; without, a part of the training examples does.",
        };
        var folds = VerbOptions.Ranged("--cross-validate", "Judge the training examples in so many folds instead of --test.", 0, 0, 100);
        var shots = VerbOptions.Ranged(
            "--shots",
            "Learn from so many examples an intent, drawn by --seed, and judge the rest.",
            0,
            0,
            100_000
        );
        var label = new Option<string>("--out-of-scope-label")
        {
            Description = "The label of examples that belong to no intent.",
            DefaultValueFactory = _ => "oos",
        };
        var rejection = new Option<double>("--false-rejection")
        {
            Description = "Share of the in-scope validation examples below the threshold.",
            DefaultValueFactory = _ => 0.03,
        };
        rejection.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<double>() is not (>= 0 and <= 0.5))
                r.AddError("--false-rejection must be between 0 and 0.5.");
        });
        var text = new Option<string>("--text") { Description = "The column of the text.", DefaultValueFactory = _ => "text" };
        var column = new Option<string?>("--label") { Description = "The column of the label; else label, intent or category." };
        var output = new Option<FileInfo?>("--output") { Description = "Write text,label,predicted,confidence,in_scope_score here." };
        var typos = new Option<double>("--typos") { Description = "Judge again with a slip in this share of the words, 0 to 1." };
        typos.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<double>() is not (>= 0 and <= 1))
                r.AddError("--typos must be between 0 and 1.");
        });
        var seed = VerbOptions.Ranged("--seed", "Of typos and of --shots.", 1, 0, int.MaxValue);
        var threads = VerbOptions.Ranged("--threads", "Threads that train.", Math.Min(2, Environment.ProcessorCount), 1, 256);
        var json = VerbOptions.Json();
        var command = new Command("intents", "Train the chatbot's classifier on a file and judge it on examples that it has not seen.")
        {
            train,
            test,
            validation,
            folds,
            shots,
            label,
            rejection,
            text,
            column,
            output,
            typos,
            seed,
            threads,
            json,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                var ways = new[] { parsed.GetValue(test) is not null, parsed.GetValue(folds) > 0, parsed.GetValue(shots) > 0 };
                if (ways.Count(w => w) != 1 || parsed.GetValue(folds) == 1)
                    throw new CommandException("Give one of --test F.csv, --cross-validate K (2 or more) and --shots N.");
                Task<IReadOnlyList<Example>> Read(string spec) =>
                    LabelledFile.ReadAsync(spec, parsed.GetValue(text)!, parsed.GetValue(column), ct);
                var learnt = await Read(parsed.GetValue(train)!);
                var options = new TrainerOptions(parsed.GetValue(label)!, parsed.GetValue(rejection), parsed.GetValue(threads));
                var rounds =
                    parsed.GetValue(test) is { } file ? [(learnt, await Read(file))]
                    : parsed.GetValue(folds) > 1 ? Fold(learnt, parsed.GetValue(folds))
                    : Draw(learnt, parsed.GetValue(shots), options.OutOfScopeLabel, parsed.GetValue(seed));
                var validating = parsed.GetValue(validation) is { } given ? await Read(given) : null;
                IntentEvaluation evaluation;
                try
                {
                    evaluation = IntentEvaluation.Run(
                        rounds,
                        validating,
                        options,
                        parsed.GetValue(typos),
                        parsed.GetValue(seed),
                        TimeProvider.System,
                        parsed.InvocationConfiguration.Error,
                        ct
                    );
                }
                catch (InvalidDataException e)
                {
                    throw new CommandException($"{parsed.GetValue(train)}: {e.Message}", e);
                }
                if (parsed.GetValue(output) is { } predictions)
                    await WriteAsync(predictions, evaluation.Predictions, ct);
                var console = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                    await console.WriteJsonAsync(evaluation.Report);
                else
                    await PrintAsync(console, evaluation.Report);
                return 0;
            }
        );
        return command;
    }

    private static List<(IReadOnlyList<Example> Train, IReadOnlyList<Example> Test)> Fold(IReadOnlyList<Example> examples, int folds)
    {
        var numbered = IntentTrainer.Folded(examples, folds);
        return
        [
            .. Enumerable
                .Range(0, folds)
                .Select(f =>
                    (
                        (IReadOnlyList<Example>)[.. numbered.Where(n => n.Fold != f).Select(n => n.Example)],
                        (IReadOnlyList<Example>)[.. numbered.Where(n => n.Fold == f).Select(n => n.Example)]
                    )
                ),
        ];
    }

    private static List<(IReadOnlyList<Example> Train, IReadOnlyList<Example> Test)> Draw(
        IReadOnlyList<Example> examples,
        int shots,
        string outOfScope,
        int seed
    )
    {
        var shuffled = examples.ToArray();
        new Random(seed).Shuffle(shuffled);
        var groups = shuffled.GroupBy(e => e.Intent).ToArray();
        IReadOnlyList<Example> learnt = [.. groups.SelectMany(g => g.Key == outOfScope ? g.Take(g.Count() / 2) : g.Take(shots))];
        IReadOnlyList<Example> rest = [.. groups.SelectMany(g => g.Key == outOfScope ? g.Skip(g.Count() / 2) : g.Skip(shots))];
        return rest.Count > 0
            ? [(learnt, rest)]
            : throw new CommandException($"No intent has more than {shots} examples, so none is left to judge; give a smaller --shots.");
    }

    private static async Task WriteAsync(FileInfo file, IReadOnlyList<Prediction> predictions, CancellationToken ct)
    {
        await using var writer = new StreamWriter(file.FullName);
        await using var csv = new CsvWriter(writer, CultureInfo.InvariantCulture);
        foreach (var name in new[] { "text", "label", "predicted", "confidence", "in_scope_score" })
            csv.WriteField(name);
        await csv.NextRecordAsync();
        foreach (var p in predictions)
        {
            ct.ThrowIfCancellationRequested();
            csv.WriteField(p.Text);
            csv.WriteField(p.Label);
            csv.WriteField(p.Predicted);
            csv.WriteField(p.Confidence.ToString("0.000000", CultureInfo.InvariantCulture));
            csv.WriteField(p.InScopeScore.ToString("0.00000000", CultureInfo.InvariantCulture));
            await csv.NextRecordAsync();
        }
    }

    private static async Task PrintAsync(TextWriter console, IntentReport r)
    {
        var m = r.Metrics;
        await console.WriteLineAsync(
            $"{m.InScope} in scope of {r.Intents} intents, {m.OutOfScope} out of scope; learnt from {r.Learnt} in {m.TrainingSeconds:0.0} s ({r.TrainingCpuSeconds:0.0} s of processor time)."
        );
        await console.WriteLineAsync(
            $"Accuracy {m.Accuracy:P2}; calibration error {m.CalibrationError:0.000}; falsely rejected {m.FalseRejection:P2}."
        );
        if (m.OutOfScopeAuroc is { } auroc)
            await console.WriteLineAsync(
                $"Out of scope: AUROC {auroc:0.0000}, caught {m.OutOfScopeRecall:P1} (threshold {r.Threshold:0.0000})."
            );
        if (r.TypoAccuracy is { } typo)
            await console.WriteLineAsync($"With typos: accuracy {typo:P2}.");
        await console.WriteLineAsync($"One message: median {r.MessageMedianMs:0.000} ms, p99 {r.MessageP99Ms:0.000} ms.");
    }
}
