using System.CommandLine;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using MarketingPlatform.Platform.CommandLine;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Evaluation;

public sealed class EvaluateRecommenderCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("recommender").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_published_self_checks_of_movielens_come_out_exactly()
    {
        var split = FolderOf("movielens-100k/split");
        Assert.SkipWhen(split is null, "../shared/data/movielens-100k is not here.");

        var sar = await RunAsync("--train", split + "/train.csv", "--test", split + "/test.csv", "--algorithm", "sar");
        var popular = await RunAsync("--train", split + "/train.csv", "--test", split + "/test.csv", "--algorithm", "popular");

        Assert.Equal((0.393819, 0.340615, 0.185377), Rounded(sar.Report, 6));
        // Ties among equally popular films are broken by another rule than pandas': the fourth place may differ.
        Assert.Equal((0.2523, 0.2287, 0.1132), Rounded(popular.Report, 4));

        static (double, double, double) Rounded(JsonElement report, int digits)
        {
            var m = report.GetProperty("metrics");
            return (Round("ndcg"), Round("precision"), Round("recall"));
            double Round(string name) => Math.Round(m.GetProperty(name).GetDouble(), digits);
        }
    }

    [Theory]
    [InlineData("user,item,value,timestamp\na,x,1,100\na,y,1,200\nb,x,1,100\nb,z,1,2026-01-01\n")]
    [InlineData("a,x\na,y\nb,x\nb,z\n")]
    [InlineData("a\tx\t3\t881250949\na\ty\t3\t881250949\nb\tx\t2\t881250949\nb\tz\t1\t881250949\n")]
    [InlineData("a x y\nb x z\n")]
    [InlineData("a x 3 881250949\na y 3 881250949\nb x 2 881250949\nb z 1 881250949\n")]
    [InlineData("a\tx\ty\nb\tx\tz\n")]
    [InlineData("a\tx\ty\nb\tx\n\nb\tz\tx\tx\tx\tx\n")]
    [InlineData("session_id;item_id;date\na;x;2026-01-01\na;y;2026-01-01\nb;x;2026-01-01\nb;z;2026-01-02\n")]
    public async Task Every_form_of_file_is_read_plain_and_packed(string text)
    {
        var test = Write("test.csv", "user,item\na,z\nb,y\n");
        foreach (var train in new[] { Write("train.txt", text), Pack("train.gz", text) })
        {
            var (report, output) = await RunAsync("--train", train, "--test", test, "--algorithm", "itemknn", "--k", "3");

            Assert.Equal((2, 3), (report.GetProperty("users").GetInt32(), report.GetProperty("items").GetInt32()));
            Assert.Equal(
                ["user,item,rank,score", "a,z,1", "b,y,1"],
                output.Select(l => l.Count(c => c == ',') == 3 && l[0] != 'u' ? l[..5] : l)
            );
        }
    }

    [Fact]
    public async Task With_repeats_what_was_had_comes_again()
    {
        var lines = Enumerable.Range(0, 40).SelectMany(u => Enumerable.Range(1, 5).Select(day => $"u{u},milk,1,{day * 86_400}"));
        var train = Write("train.csv", "user,item,value,timestamp\n" + string.Join('\n', lines) + "\nu0,tea,1,86400\n");

        var (_, output) = await RunAsync("--train", train, "--holdout", "0.5", "--repeats", "--k", "1");

        Assert.True(output.Length > 10);
        Assert.All(output.Skip(1), line => Assert.Contains(",milk,1,", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_item_of_a_users_training_rows_is_answered_not_even_one_that_was_declined()
    {
        var rows = Enumerable
            .Range(0, 30)
            .SelectMany(u => Enumerable.Range(0, 8).Select(i => (User: u, Item: (u + i) % 12, Value: i % 3 - 1)));
        var train = Write("declined.csv", "user,item,value\n" + string.Join('\n', rows.Select(r => $"u{r.User},i{r.Item},{r.Value}")));
        // u1 wanted nothing: answered, and not measured.
        var test = Write("later.csv", "user,item,value\nu0,i9,1\nu1,i10,-1\nu2,i0,2\n");
        var known = rows.Select(r => $"u{r.User},i{r.Item}").ToHashSet();

        foreach (var algorithm in new[] { "itemknn", "popular" })
        {
            var (report, output) = await RunAsync("--train", train, "--test", test, "--algorithm", algorithm, "--k", "12");

            var answered = output.Skip(1).Select(line => string.Join(',', line.Split(',')[..2])).ToArray();
            Assert.NotEmpty(answered);
            Assert.DoesNotContain(answered, known.Contains);
            Assert.Equal(["u0", "u1", "u2"], answered.Select(pair => pair.Split(',')[0]).Distinct());
            Assert.Equal(2, report.GetProperty("testUsers").GetInt32());
        }
    }

    [Theory]
    [InlineData("itemknn")]
    [InlineData("ease")]
    [InlineData("ials")]
    [InlineData("auto")]
    public async Task Who_is_not_in_the_training_file_is_answered_with_best_sellers(string algorithm)
    {
        var rows = Enumerable.Range(0, 40).SelectMany(u => Enumerable.Range(0, 1 + (u % 8)).Select(i => $"u{u},i{i}"));
        var train = Write("popular.csv", "user,item\nu0,rare\n" + string.Join('\n', rows));
        var test = Write("new.csv", "user,item\nnew,i0\n");

        var (_, output) = await RunAsync("--train", train, "--test", test, "--algorithm", algorithm, "--k", "3");

        Assert.Equal(["new,i0,1", "new,i1,2", "new,i2,3"], output.Skip(1).Select(line => line[..line.LastIndexOf(',')]));
    }

    [Fact]
    public async Task An_output_that_cannot_be_written_is_told_before_anything_is_read()
    {
        var error = await Assert.ThrowsAsync<CommandException>(() =>
            RunAsync("--train", folder + "/none.csv", "--holdout", "0.2", "--output", folder + "/none/out.csv")
        );

        Assert.Contains("name a file in a folder that exists", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one,x\none,y\none,z\n")]
    [InlineData("user,item,value\na,x,0\na,y,0\nb,x,0\nb,y,0\nb,z,0\n")]
    [InlineData("user,item,value\na,x,NaN\na,y,1\na,x,2\nb,x,3\nb,y,inf\nb,z,1\n")]
    [InlineData("a,x\na,x\na,x\nb,x\na,y\nb,y\n")]
    [InlineData("Ünï 🍵,\"x, \"\"quoted\"\"\"\nÜnï 🍵,日本\nعربي,\"x, \"\"quoted\"\"\"\nعربي,日本\nعربي,y\n")]
    public async Task Odd_data_are_answered_by_every_algorithm(string text)
    {
        foreach (var algorithm in new[] { "auto", "ials", "ease", "edlae", "dlae", "itemknn", "rp3beta", "popular" })
        {
            var (report, _) = await RunAsync(
                "--train",
                Write("odd.csv", text),
                "--holdout",
                "0.3",
                "--seed",
                "2",
                "--algorithm",
                algorithm
            );

            Assert.InRange(report.GetProperty("metrics").GetProperty("ndcg").GetDouble(), 0, 1);
        }
    }

    [Theory]
    [InlineData("", "has no usable line")]
    [InlineData("user,item,value\na,x,NaN\n", "the value 'NaN' is not a number")]
    [InlineData("user,item,value,timestamp\na,x,1,soon\n", "'soon' is neither Unix seconds nor ISO 8601")]
    [InlineData("a,x\nb,y\n", "nothing to hold out")]
    public async Task What_cannot_be_used_is_said_in_a_sentence(string text, string expected)
    {
        var error = await Assert.ThrowsAsync<CommandException>(() => RunAsync("--train", Write("bad.csv", text), "--holdout", "0.2"));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_and_a_missing_test_are_said()
    {
        Assert.Contains(
            "cannot be read",
            (await Fails("--train", folder + "/no.csv", "--holdout", "0.2")).Message,
            StringComparison.Ordinal
        );
        Assert.Contains("--test or --holdout", (await Fails("--train", Write("a.csv", "a,x\n"))).Message, StringComparison.Ordinal);

        Task<CommandException> Fails(params string[] args) => Assert.ThrowsAsync<CommandException>(() => RunAsync(args));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_answer()
    {
        var random = new Random(4);
        var train = Write("t.csv", string.Join('\n', Enumerable.Range(0, 600).Select(n => $"u{n % 60},i{random.Next(40)}")));

        var first = await RunAsync("--train", train, "--holdout", "0.2", "--seed", "5");
        var second = await RunAsync("--train", train, "--holdout", "0.2", "--seed", "5");

        Assert.Equal(first.Output, second.Output);
    }

    private async Task<(JsonElement Report, string[] Output)> RunAsync(params string[] args)
    {
        var root = new RootCommand();
        new RecommendationModule().AddCommands(root);
        var path = Path.Combine(folder, "out.csv");
        using var console = new StringWriter();
        string[] output = args.Contains("--output") ? [] : ["--output", path];
        var parsed = root.Parse(["evaluate", "recommender", "--json", .. output, .. args]);
        var code = await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                Output = console,
                Error = TextWriter.Null,
                EnableDefaultExceptionHandler = false,
            },
            TestContext.Current.CancellationToken
        );
        Assert.Equal(0, code);
        return (
            JsonDocument.Parse(console.ToString()).RootElement,
            await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken)
        );
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private string Pack(string name, string text)
    {
        var path = Path.Combine(folder, name);
        using var packed = new GZipStream(File.Create(path), CompressionMode.Compress);
        packed.Write(Encoding.UTF8.GetBytes(text));
        return path;
    }

    private static string? FolderOf(string name)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (Path.Combine(at.FullName, "shared", "data", name) is var candidate && Directory.Exists(candidate))
            {
                return candidate;
            }
        }
        return null;
    }
}
