using System.Diagnostics;
using MarketingPlatform.Platform.CommandLine;
using MarketingPlatform.Recommendation.Models;
using MarketingPlatform.Recommendation.Models.Algorithms;
using MarketingPlatform.Recommendation.Models.Auto;

namespace MarketingPlatform.Recommendation.Evaluation;

internal sealed record EvaluationOptions(string Algorithm, int K, bool Repeats, int Seed);

/// <summary>What a user of the test was answered.</summary>
internal sealed record UserAnswer(string User, string[] Items, float[] Scores);

/// <summary>Reads, trains, answers for the users of the test, and measures.</summary>
internal sealed class RecommenderEvaluation(EvaluationOptions options, TimeProvider clock, Action<string> progress)
{
    // SAR's own standard: affinity halves after 30 days.
    private const double SarHalfLifeDays = 30;

    private static readonly int Threads = Math.Min(2, Environment.ProcessorCount);

    public async Task<(EvaluateRecommenderCommand.Report Report, IReadOnlyList<UserAnswer> Lists)> RunAsync(
        string trainPath,
        string? testPath,
        double? holdOut,
        CancellationToken ct
    )
    {
        var train = Read(trainPath);
        var test = testPath is null ? null : Read(testPath);
        IReadOnlyList<FileRow> trainRows = train.Rows;
        IReadOnlyList<FileRow> testRows = test?.Rows ?? [];
        if (holdOut is { } share)
        {
            (trainRows, testRows) = HoldOutRows.Split(train.Rows, share, options.Repeats, options.Seed);
            if (testRows.Count == 0)
            {
                throw new CommandException(
                    $"{trainPath} leaves nothing to hold out: no user has two different {(options.Repeats ? "baskets" : "items")}."
                );
            }
        }
        var known = Numbered.Of(trainRows);
        if (known.Data.Count == 0)
        {
            throw new CommandException($"{trainPath} has no row with a value above 0.");
        }
        var result = await TrainAsync(known.Data, ct);
        var started = clock.GetTimestamp();
        var (answers, lists) = Answer(result.Model, known, testRows, ct);
        var answering = clock.GetElapsedTime(started);
        var report = OfflineReport.Of(known.Data.Distinct(), answers, options.K);
        using var process = Process.GetCurrentProcess();
        return (
            new EvaluateRecommenderCommand.Report(
                options.Algorithm,
                options.K,
                trainRows.Count,
                testRows.Count,
                train.Refused + (test?.Refused ?? 0),
                known.Users.Ids.Count,
                known.Items.Ids.Count,
                answers.Count,
                result.Choice?.ValidationNdcg,
                result.Choice?.Described ?? [],
                Math.Round(result.Search.TotalSeconds, 3),
                Math.Round(result.Training.TotalSeconds, 3),
                Math.Round(answering.TotalSeconds, 3),
                Math.Round(process.TotalProcessorTime.TotalSeconds, 3),
                process.PeakWorkingSet64 / 1024 / 1024,
                report.All.Ranking,
                report.All.Lists,
                report.Groups
            ),
            lists
        );
    }

    private InteractionsFile Read(string path)
    {
        var file = InteractionsFile.Read(path);
        if (file.Refused > 0)
        {
            progress($"{path}: {file.Refused} lines left out; the first one, {file.FirstRefusal}");
        }
        return file;
    }

    private async Task<Trained> TrainAsync(Interactions data, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        if (options.Algorithm == NeighbourModel.Sar)
        {
            var sar = new FadingModel(ItemNeighbours.Jaccard(data.Distinct(), Threads, ct), SarHalfLifeDays);
            return new Trained(sar, null, TimeSpan.Zero, clock.GetElapsedTime(started));
        }
        var auto = new AutoTrainer(
            new AutoOptions(options.K, options.Repeats, Threads: Threads, Seed: options.Seed, Draws: options.Algorithm == "auto" ? 3 : 1),
            progress
        );
        var choice = await auto.ChooseAsync(data, options.Algorithm, [], _ => Task.CompletedTask, ct);
        var searched = clock.GetElapsedTime(started);
        started = clock.GetTimestamp();
        return new Trained(auto.Fit(choice, data, ct), choice, searched, clock.GetElapsedTime(started));
    }

    private sealed record Trained(IRecommender Model, AutoChoice? Choice, TimeSpan Search, TimeSpan Training);

    private (List<Answered> Answers, List<UserAnswer> Lists) Answer(
        IRecommender model,
        Numbered known,
        IReadOnlyList<FileRow> testRows,
        CancellationToken ct
    )
    {
        var sar = options.Algorithm == NeighbourModel.Sar;
        var same = testRows.All(r => r.Value == testRows[0].Value);
        var users = testRows.GroupBy(r => r.User, StringComparer.Ordinal).ToArray();
        var histories = sar || options.Repeats ? known.Data : known.Data.Distinct();
        var groupOf = OfflineReport.ByActivity(known.Data);
        var popularity = known.Data.Distinct().CountItems();
        int[] byPopularity = [.. Enumerable.Range(0, popularity.Length).OrderByDescending(item => popularity[item])];
        var answers = new Answered[users.Length];
        var lists = new UserAnswer[users.Length];
        // What the training never saw cannot be hit, but was wanted: it gets numbers of its own.
        var strangers = new Numbering();
        var wanted = Array.ConvertAll(
            users,
            rows =>
                rows.Where(r => same || r.Value > 0)
                    .Select(r => known.Items.Find(r.Item) ?? known.Items.Ids.Count + strangers.Number(r.Item))
                    .ToHashSet()
        );
        Parallel.For(
            0,
            users.Length,
            new ParallelOptions { MaxDegreeOfParallelism = Threads, CancellationToken = ct },
            at =>
            {
                var user = known.Users.Find(users[at].Key) ?? -1;
                var history = user < 0 ? [] : histories.Of(user);
                var scores = new float[model.Items];
                // Now is the end of the training: nothing of the test may be known.
                model.Score(new History(history, known.Data.Newest), scores);
                // Of whom nothing is known, a model of taste can say nothing: best-sellers are what a shop shows then.
                if (history.Length == 0 && scores.AsSpan().IndexOfAnyExcept(scores[0]) < 0)
                {
                    scores = Array.ConvertAll(popularity, count => (float)count);
                }
                if (!options.Repeats)
                {
                    foreach (var entry in history)
                    {
                        scores[entry.Item] = float.NegativeInfinity;
                    }
                    foreach (var item in known.Declined[user])
                    {
                        scores[item] = float.NegativeInfinity;
                    }
                }
                var ranked = TopItems.Of(scores, options.K, byPopularity);
                answers[at] = new Answered(user, groupOf(user), ranked, wanted[at]);
                lists[at] = new UserAnswer(
                    users[at].Key,
                    Array.ConvertAll(ranked, item => known.Items.Ids[item]),
                    Array.ConvertAll(ranked, item => scores[item])
                );
            }
        );
        // Who wanted nothing is answered, and cannot be measured.
        return ([.. answers.Where(answer => answer.Wanted.Count > 0)], [.. lists]);
    }
}
