using System.CommandLine;
using System.Globalization;
using CsvHelper;
using MarketingPlatform.Platform.CommandLine;
using MarketingPlatform.Recommendation.Models;
using MarketingPlatform.Recommendation.Models.Algorithms;
using MarketingPlatform.Recommendation.Models.Auto;

namespace MarketingPlatform.Recommendation.Evaluation;

/// <summary><c>marketing evaluate recommender --train F.csv --test F.csv</c>: how well a model foretells what users of a file chose.</summary>
internal static class EvaluateRecommenderCommand
{
    private static readonly string[] Known =
    [
        "auto",
        FactorModel.Name,
        LinearAutoencoder.Ease,
        LinearAutoencoder.Edlae,
        LinearAutoencoder.Dlae,
        NeighbourModel.ItemKnn,
        NeighbourModel.Rp3Beta,
        PopularityModel.Popular,
        NeighbourModel.Sar,
        PersonalModel.Name,
        NeighbourUsers.Name,
        SessionModel.Session,
        SessionModel.Plain,
    ];

    internal sealed record Report(
        string Algorithm,
        int K,
        int TrainRows,
        int TestRows,
        int Refused,
        int Users,
        int Items,
        int TestUsers,
        double? ValidationNdcg,
        IReadOnlyList<ChosenPart> Parts,
        double SearchSeconds,
        double TrainingSeconds,
        double AnswerSeconds,
        double ProcessorSeconds,
        long PeakMegabytes,
        RankingMetrics Metrics,
        ListMetrics Lists,
        IReadOnlyList<GroupReport> Groups
    );

    public static Command Create(TimeProvider clock)
    {
        var train = new Option<string>("--train")
        {
            Description = "File to learn from: columns user,item[,value][,timestamp], or lines 'user item item …'; gzip too.",
            Required = true,
        };
        var test = new Option<string?>("--test") { Description = "File with what is to be foretold, in the same form." };
        var holdOut = new Option<double?>("--holdout")
        {
            Description =
                "Instead of --test: hide this share of each user's entries (with --repeats: the last basket of this share of users).",
        };
        var seed = VerbOptions.Ranged("--seed", "Of everything that is drawn.", 1, 0, int.MaxValue);
        var algorithm = new Option<string>("--algorithm")
        {
            Description = "auto chooses and blends by validation inside the training file; the others only search their own settings.",
            DefaultValueFactory = _ => "auto",
        };
        algorithm.AcceptOnlyFromAmong(Known);
        var k = VerbOptions.Ranged("--k", "Length of the lists.", 10, 1, 1_000);
        var repeats = new Option<bool>("--repeats") { Description = "What a user had may be answered again (baskets)." };
        var output = new Option<string?>("--output") { Description = "CSV file to write: user, item, rank from 1, score." };
        var json = VerbOptions.Json();
        var command = new Command("recommender", "Train a recommender on a file and measure what it foretells of another one.")
        {
            train,
            test,
            holdOut,
            seed,
            algorithm,
            k,
            repeats,
            output,
            json,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                var hidden = parsed.GetValue(holdOut);
                if ((parsed.GetValue(test) is null) == (hidden is null))
                    throw new CommandException("Give either --test or --holdout.");
                if (hidden is not null and not (> 0 and < 1))
                    throw new CommandException("--holdout must be above 0 and below 1, for example 0.1.");
                // Told now, not after minutes of training.
                if (
                    parsed.GetValue(output) is { } file
                    && (Directory.Exists(file) || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file))))
                )
                    throw new CommandException($"{file} cannot be written: name a file in a folder that exists.");
                var errors = parsed.InvocationConfiguration.Error;
                var evaluation = new RecommenderEvaluation(
                    new EvaluationOptions(parsed.GetValue(algorithm)!, parsed.GetValue(k), parsed.GetValue(repeats), parsed.GetValue(seed)),
                    clock,
                    errors.WriteLine
                );
                var (report, lists) = await Task.Run(
                    () => evaluation.RunAsync(parsed.GetRequiredValue(train), parsed.GetValue(test), hidden, ct),
                    ct
                );
                if (parsed.GetValue(output) is { } path)
                    await WriteAsync(path, lists, ct);
                var console = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                    await console.WriteJsonAsync(report);
                else
                    Print(console, report);
                return 0;
            }
        );
        return command;
    }

    private static async Task WriteAsync(string path, IReadOnlyList<UserAnswer> lists, CancellationToken ct)
    {
        try
        {
            await using var file = new StreamWriter(path);
            await using var csv = new CsvWriter(file, CultureInfo.InvariantCulture);
            foreach (var column in new[] { "user", "item", "rank", "score" })
                csv.WriteField(column);
            await csv.NextRecordAsync();
            foreach (var list in lists)
            {
                ct.ThrowIfCancellationRequested();
                for (var place = 0; place < list.Items.Length; place++)
                {
                    csv.WriteField(list.User);
                    csv.WriteField(list.Items[place]);
                    csv.WriteField(place + 1);
                    csv.WriteField(list.Scores[place]);
                    await csv.NextRecordAsync();
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be written: {e.Message}", e);
        }
    }

    private static void Print(TextWriter console, Report report)
    {
        console.WriteLine(
            FormattableString.Invariant(
                $"{report.TrainRows} rows of {report.Users} users and {report.Items} items; {report.TestUsers} users of the test, k {report.K}"
            )
        );
        foreach (var part in report.Parts)
            console.WriteLine(
                FormattableString.Invariant(
                    $"  {part.Algorithm} {part.Setting}, weight {part.Weight} (alone, on validation, nDCG {part.ValidationNdcg:0.0000})"
                )
            );
        console.WriteLine(
            FormattableString.Invariant(
                $"search {report.SearchSeconds:0.0} s, training {report.TrainingSeconds:0.0} s, answers {report.AnswerSeconds:0.0} s, all of it {report.ProcessorSeconds:0.0} s of the processors, peak {report.PeakMegabytes} MB"
            )
        );
        console.WriteLine();
        console.WriteLine("group        users   nDCG  precis. recall  MAP    hits   cover. novelty divers. pop.bias");
        foreach (var group in report.Groups.Prepend(new GroupReport("all", report.TestUsers, report.Metrics, report.Lists)))
        {
            var (m, l) = (group.Ranking, group.Lists);
            console.WriteLine(
                FormattableString.Invariant(
                    $"{group.Group, -10} {group.Users, 7}  {m.Ndcg:0.0000} {m.Precision:0.0000} {m.Recall:0.0000} {m.AveragePrecision:0.0000} {m.HitRate:0.0000} {l.Coverage:0.000}  {l.Novelty, 5:0.00}   {l.Diversity:0.000}   {l.PopularityBias:0.00}"
                )
            );
        }
    }
}
