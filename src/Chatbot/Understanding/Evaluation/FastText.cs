using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Chatbot.Understanding.Evaluation;

/// <summary>The <c>fasttext</c> of the machine (Joulin et al. 2017), trained and asked on given texts.</summary>
internal static class FastText
{
    private const string Prefix = "__label__";

    /// <returns>Null where no <c>fasttext</c> is installed.</returns>
    public static async Task<ChatSpeed?> RunAsync(
        IReadOnlyList<Example> learnt,
        IReadOnlyList<Example> judged,
        int messages,
        int threads,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var folder = Directory.CreateTempSubdirectory("fasttext").FullName;
        try
        {
            var labels = learnt.Select(e => e.Intent).Distinct().ToList();
            string File(string name) => Path.Combine(folder, name);
            await System.IO.File.WriteAllLinesAsync(
                File("train"),
                learnt.Select(e => $"{Prefix}{labels.IndexOf(e.Intent)} {Wording.Normalise(e.Text)}"),
                ct
            );
            var texts = judged.Select(e => Wording.Normalise(e.Text)).ToArray();
            var repeated = Math.Max(1, messages / texts.Length);
            await System.IO.File.WriteAllLinesAsync(File("one"), texts.Take(1), ct);
            await System.IO.File.WriteAllLinesAsync(File("many"), Enumerable.Repeat(texts, repeated).SelectMany(t => t), ct);

            var before = clock.GetTimestamp();
            if (
                await ExecuteAsync(
                    $"supervised -input {File("train")} -output {File("model")} -wordNgrams 2 -minn 2 -maxn 5 -epoch 50 -lr 0.5 -loss softmax -thread {threads.ToString(CultureInfo.InvariantCulture)} -verbose 0",
                    ct
                )
                is null
            )
                return null;
            var training = clock.GetElapsedTime(before).TotalSeconds;
            // Loading the model is not understanding messages: the time for one message is taken off.
            before = clock.GetTimestamp();
            await ExecuteAsync($"predict {File("model.bin")} {File("one")}", ct);
            var loading = clock.GetElapsedTime(before);
            before = clock.GetTimestamp();
            var said = await ExecuteAsync($"predict {File("model.bin")} {File("many")}", ct) ?? "";
            var seconds = Math.Max(1e-3, (clock.GetElapsedTime(before) - loading).TotalSeconds);
            var predictions = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var right = judged
                .Zip(predictions)
                .Count(p => p.Second == Prefix + labels.IndexOf(p.First.Intent).ToString(CultureInfo.InvariantCulture));
            return new ChatSpeed(
                Math.Round(repeated * texts.Length / seconds),
                Math.Round(right / (double)judged.Count, 4),
                Math.Round(training, 2),
                null
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string?> ExecuteAsync(string arguments, CancellationToken ct)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("fasttext", arguments) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            return null;
        }
        var errors = process.StandardError.ReadToEndAsync(ct);
        var output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return process.ExitCode == 0
            ? output
            : throw new CommandException($"fasttext {arguments.Split(' ')[0]} ended with {process.ExitCode}: {(await errors).Trim()}");
    }
}
