using System.CommandLine;
using MarketingPlatform.Chatbot.Understanding.Classifier;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Chatbot.Understanding.Evaluation;

/// <param name="MessagesPerSecond">Understood one after another by one thread, the model loaded.</param>
/// <param name="TrainingSeconds">Of everything that a start with new examples does: validation and the final model.</param>
internal sealed record ChatSpeed(double MessagesPerSecond, double Accuracy, double TrainingSeconds, double? MessageP99Ms);

/// <param name="FastText">The same texts by fastText with words 1–2 and characters 2–5; null where it is not installed.</param>
internal sealed record ChatBench(int Learnt, int Judged, ChatSpeed Own, ChatSpeed? FastText, double? Load);

/// <summary><c>marketing bench chat</c>: how fast and how well messages are understood, beside fastText on the same texts in the same run.</summary>
internal static class BenchChatCommand
{
    private const int Messages = 20_000;

    public static Command Create()
    {
        var train = new Option<string?>("--train") { Description = "Examples; without, four fifths of those that come with the service." };
        var test = new Option<string?>("--test") { Description = "Examples to judge; without, the other fifth." };
        var threads = VerbOptions.Ranged("--threads", "Threads that train, of both.", Math.Min(2, Environment.ProcessorCount), 1, 256);
        var json = VerbOptions.Json();
        var command = new Command("chat", "How fast and how well messages are understood, beside fastText on the same texts.")
        {
            train,
            test,
            threads,
            json,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                if (parsed.GetValue(train) is null != parsed.GetValue(test) is null)
                    throw new CommandException("Give both --train and --test, or neither.");
                var (learnt, judged) = parsed.GetValue(train) is { } file
                    ? (
                        await LabelledFile.ReadAsync(file, "text", null, ct),
                        await LabelledFile.ReadAsync(parsed.GetValue(test)!, "text", null, ct)
                    )
                    : Embedded();
                judged = [.. judged.Where(e => e.Intent is not ("oos" or Intents.OutOfScope))];
                var result = await RunAsync(learnt, judged, parsed.GetValue(threads), parsed.InvocationConfiguration.Error, ct);
                if (parsed.GetValue(json))
                {
                    await parsed.InvocationConfiguration.Output.WriteJsonAsync(result);
                    return 0;
                }
                await PrintAsync(parsed.InvocationConfiguration.Output, "here", result.Own);
                if (result.FastText is { } other)
                    await PrintAsync(parsed.InvocationConfiguration.Output, "fastText", other);
                return 0;
            }
        );
        return command;
    }

    private static Task PrintAsync(TextWriter console, string name, ChatSpeed speed) =>
        console.WriteLineAsync(
            $"{name, -9}{speed.MessagesPerSecond, 9:0} messages/s, accuracy {speed.Accuracy:P2}, trained in {speed.TrainingSeconds:0.0} s"
        );

    private static (IReadOnlyList<Example> Learnt, IReadOnlyList<Example> Judged) Embedded()
    {
        var folded = IntentTrainer.Folded(TrainingData.Embedded().Examples, 5);
        return ([.. folded.Where(f => f.Fold > 0).Select(f => f.Example)], [.. folded.Where(f => f.Fold == 0).Select(f => f.Example)]);
    }

    internal static async Task<ChatBench> RunAsync(
        IReadOnlyList<Example> learnt,
        IReadOnlyList<Example> judged,
        int threads,
        TextWriter log,
        CancellationToken ct
    )
    {
        var clock = TimeProvider.System;
        var label = learnt.Any(e => e.Intent == Intents.OutOfScope) ? Intents.OutOfScope : "oos";
        var options = new TrainerOptions(label, 0.03, threads);
        IntentReport report;
        try
        {
            report = IntentEvaluation.Run([(learnt, judged)], null, options, 0, 1, clock, log, ct).Report;
        }
        catch (InvalidDataException e)
        {
            throw new CommandException(e.Message, e);
        }
        var own = new ChatSpeed(
            Math.Round(1000 / report.MessageMeanMs),
            report.Metrics.Accuracy,
            report.Metrics.TrainingSeconds,
            report.MessageP99Ms
        );
        await log.WriteLineAsync("fastText …");
        var other = await FastText.RunAsync(learnt, judged, Messages, threads, clock, ct);
        if (other is null)
            await log.WriteLineAsync("fastText is not installed, so there is nothing to compare with: apt-get install fasttext");
        return new ChatBench(learnt.Count, judged.Count, own, other, IntentEvaluation.LoadAverage());
    }
}
