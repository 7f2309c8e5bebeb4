using System.CommandLine;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using MarketingPlatform.Chatbot.Understanding.Evaluation;
using MarketingPlatform.Platform.CommandLine;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Understanding.Evaluation;

public sealed class EvaluateIntentsCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("intents").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Predictions_and_metrics_of_a_json_file_with_parts()
    {
        var file = Zip(
            "set.json.gz",
            JsonSerializer.Serialize(
                new Dictionary<string, string[][]>
                {
                    ["train"] = [.. Sentences(12)],
                    ["oos_train"] = [.. Enumerable.Range(0, 12).Select(n => new[] { $"moon stars sky {Letter(n)}", "oos" })],
                    ["val"] =
                    [
                        ["track my parcel soon", "track"],
                        ["pay with a card soon", "pay"],
                    ],
                    ["oos_val"] =
                    [
                        ["stars and the moon in the sky", "oos"],
                    ],
                }
            )
        );
        var output = Path.Combine(folder, "p.csv");

        var report = await RunAsync(
            "--train",
            $"{file}:train+oos_train",
            "--test",
            $"{file}:val+oos_val",
            "--output",
            output,
            "--typos",
            "0.5",
            "--json"
        );

        var metrics = report.GetProperty("metrics");
        Assert.Equal(
            (2, 1, 1.0, 1.0),
            (
                metrics.GetProperty("inScope").GetInt32(),
                metrics.GetProperty("outOfScope").GetInt32(),
                metrics.GetProperty("accuracy").GetDouble(),
                metrics.GetProperty("outOfScopeAuroc").GetDouble()
            )
        );
        Assert.InRange(report.GetProperty("typoAccuracy").GetDouble(), 0, 1);
        var lines = await File.ReadAllLinesAsync(output, RunningChatbot.Ct);
        Assert.Equal("text,label,predicted,confidence,in_scope_score", lines[0]);
        Assert.StartsWith("track my parcel soon,track,track,0.", lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain(",oos,oos,", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folds_judge_every_example_once()
    {
        var file = Csv(Sentences(10));

        var report = await RunAsync("--train", file, "--cross-validate", "3", "--json");

        Assert.Equal(20, report.GetProperty("metrics").GetProperty("inScope").GetInt32());
    }

    [Fact]
    public async Task Shots_learn_from_few_and_judge_the_rest()
    {
        var report = await RunAsync("--train", Csv(Sentences(10)), "--shots", "4", "--json");

        Assert.Equal((8, 12), (report.GetProperty("learnt").GetInt32(), report.GetProperty("metrics").GetProperty("inScope").GetInt32()));
    }

    [Theory]
    [InlineData("text,label\nhello there,a\nhello,a\n", "at least two intents besides 'oos'; there is only 'a'")]
    [InlineData("text,label\nhello,a\nbroken\n", "line 3: 1 fields where the header has 2")]
    [InlineData("text,label\n,a\n", "line 2")]
    [InlineData("sentence,label\nhello,a\n", "has no column 'text' but sentence, label; name the right one with --text")]
    [InlineData("{\"a\": [[\"x\", \"y\"]], \"b\": []}", "has the parts a, b; choose as in")]
    [InlineData("[[\"x\", \"y\"], [\"x\"]]", "entry 2: give [text, label]")]
    [InlineData("[[\"x\"", "is no JSON")]
    [InlineData("text,label\n", "holds no example")]
    public async Task A_file_that_cannot_be_used_says_why(string content, string expected)
    {
        var file = Path.Combine(folder, "bad");
        await File.WriteAllTextAsync(file, content, RunningChatbot.Ct);

        var refusal = await Assert.ThrowsAsync<CommandException>(() => RunAsync("--train", file, "--cross-validate", "2", "--json"));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_way_of_judging_must_be_chosen() =>
        await Assert.ThrowsAsync<CommandException>(() => RunAsync("--train", Csv(Sentences(4)), "--cross-validate", "2", "--shots", "2"));

    [Fact]
    public void Typos_are_seeded_and_hit_their_share_of_the_words()
    {
        var text = string.Join(' ', Enumerable.Repeat("parcel", 2_000));

        var slips = Typos.In(text, 0.2, new Random(1));

        Assert.Equal(slips, Typos.In(text, 0.2, new Random(1)));
        Assert.InRange(slips.Split(' ').Count(w => w != "parcel"), 320, 440);
    }

    private static char Letter(int n) => (char)('a' + n);

    private static IEnumerable<string[]> Sentences(int each) =>
        Enumerable
            .Range(0, each)
            .SelectMany(n => new[] { new[] { $"track my parcel {Letter(n)}", "track" }, new[] { $"pay by card {Letter(n)}", "pay" } });

    private string Csv(IEnumerable<string[]> rows)
    {
        var file = Path.Combine(folder, "set.csv");
        File.WriteAllLines(file, rows.Select(r => $"{r[0]},{r[1]}").Prepend("text,category"));
        return file;
    }

    private string Zip(string name, string content)
    {
        var file = Path.Combine(folder, name);
        using var zip = new GZipStream(File.Create(file), CompressionLevel.Fastest);
        zip.Write(Encoding.UTF8.GetBytes(content));
        return file;
    }

    private static async Task<JsonElement> RunAsync(params string[] arguments)
    {
        var output = new StringWriter();
        await EvaluateIntentsCommand
            .Create()
            .Parse(arguments)
            .InvokeAsync(
                new InvocationConfiguration
                {
                    Output = output,
                    Error = TextWriter.Null,
                    EnableDefaultExceptionHandler = false,
                },
                RunningChatbot.Ct
            );
        return JsonSerializer.Deserialize<JsonElement>(output.ToString());
    }
}
