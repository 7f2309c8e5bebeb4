using System.Globalization;
using MarketingPlatform.Cli.Evaluate.Attribution;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Evaluate.Attribution;

public sealed class EvaluateAttributionCommandTests : IDisposable
{
    private const string Header = "path,total_conversions,total_conversion_value,total_null\n";

    private readonly CommandRun _attribution = new(EvaluateAttributionCommand.Create(TimeProvider.System));

    [Theory]
    [InlineData("first", 1)]
    [InlineData("last", 2)]
    [InlineData("linear", 3)]
    public async Task The_simple_models_write_what_was_published_with_the_data(string model, int column)
    {
        var expected = File.ReadLines(CommandRun.Shared("attribution-paths", "expected_heuristics.csv")).Skip(1).ToArray();
        var output = _attribution.In("out.csv");

        await _attribution.TextAsync(
            "--paths",
            CommandRun.Shared("attribution-paths", "path_data.csv"),
            "--model",
            model,
            "--output",
            output
        );

        var written = File.ReadLines(output).ToArray();
        Assert.Equal("channel,conversions,value", written[0]);
        Assert.Equal(expected.Length, written.Length - 1);
        foreach (var (line, row) in expected.Zip(written.Skip(1)))
        {
            Assert.Equal(line.Split(',')[0], row.Split(',')[0]);
            Assert.Equal(Number(line.Split(',')[column]), Number(row.Split(',')[1]), 5.1e-7);
        }
    }

    [Theory]
    [InlineData("time-decay")]
    [InlineData("position")]
    [InlineData("markov")]
    [InlineData("markov", "--order", "3")]
    [InlineData("markov", "--without-nulls")]
    [InlineData("shapley")]
    public async Task Every_model_shares_out_all_conversions_and_all_value(string model, params string[] more)
    {
        var report = await _attribution.JsonAsync([
            "--paths",
            CommandRun.Shared("attribution-paths", "path_data.csv"),
            "--model",
            model,
            .. more,
        ]);

        var channels = report["channels"]!.AsArray();
        Assert.Equal(12, channels.Count);
        Assert.Equal(19_785, channels.Sum(channel => (double)channel!["conversions"]!), 1e-9);
        Assert.Equal((double)report["value"]!, channels.Sum(channel => (double)channel!["value"]!), 1e-8);
        Assert.All(channels, channel => Assert.Equal(model == "markov", channel!["removalEffect"] is not null));
    }

    [Fact]
    public async Task Markov_writes_its_removal_effects_and_names_with_commas_are_quoted()
    {
        var paths = _attribution.Write(
            "p.csv",
            Header + "\"mail > \"\"the\"\", shop > search\",1,10,0\nmail,0,0,1\n\"\"\"the\"\", shop>search\",0,0,1\n"
        );
        var output = _attribution.In("out.csv");

        await _attribution.TextAsync("--paths", paths, "--model", "markov", "--output", output);

        Assert.Equal(
            ["channel,conversions,value,removal_effect", "\"\"\"the\"\", shop\",0.4,4,1", "mail,0.2,2,0.5", "search,0.4,4,1"],
            File.ReadLines(output)
        );
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("path,total_conversions\na,1\n", "no column \"total_null\"")]
    [InlineData("way,total_conversions,total_null\na,1,0\n", "no column \"path\"")]
    [InlineData(Header + "a > > b,1,1,0\n", "p.csv, line 2, column \"path\": touch 2 has no channel")]
    [InlineData(Header + "a,1,1,0\n,1,1,0\n", "p.csv, line 3, column \"path\": touch 1 has no channel")]
    [InlineData(Header + "a,x,1,0\n", "p.csv, line 2, column \"total_conversions\": \"x\" is not a number")]
    [InlineData(Header + "a,-1,1,0\n", "p.csv, line 2, column \"total_conversions\": \"-1\" is negative")]
    [InlineData(Header + "a,1,1,\n", "p.csv, line 2, column \"total_null\": empty")]
    [InlineData(Header + "a,0,5,0\n", "p.csv, line 2, column \"total_conversion_value\": a value without a conversion")]
    [InlineData(Header + "a,0,0,7\n", "no conversion in column \"total_conversions\"")]
    [InlineData(Header + "a,1\n", "line 2: 2 fields where the header has 4")]
    public async Task A_file_that_cannot_be_used_is_named_with_line_and_column(string text, string because)
    {
        var paths = _attribution.Write("p.csv", text);

        Assert.Contains(because, await _attribution.FailureAsync("--paths", paths, "--model", "markov"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Paths_without_a_column_of_nulls_do_for_models_that_need_none()
    {
        var paths = _attribution.Write("p.csv", "path,total_conversions\na > b,2\n");

        var report = await _attribution.JsonAsync("--paths", paths, "--model", "markov", "--without-nulls");

        Assert.Equal([1, 1], report["channels"]!.AsArray().Select(channel => (double)channel!["conversions"]!));
    }

    [Fact]
    public async Task More_channels_than_Shapley_can_take_are_refused_with_the_place()
    {
        var paths = _attribution.Write("p.csv", Header + string.Concat(Enumerable.Range(1, 21).Select(i => $"c{i},1,1,0\n")));

        Assert.Contains(
            "p.csv, line 22, column \"path\": \"c21\" is channel 21, and this model takes at most 20",
            await _attribution.FailureAsync("--paths", paths, "--model", "shapley"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Files_that_are_not_there_or_cannot_be_written_are_named()
    {
        var paths = _attribution.Write("p.csv", Header + "a,1,1,0\n");

        Assert.Contains(
            "no file",
            await _attribution.FailureAsync("--paths", _attribution.In("none.csv"), "--model", "first"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "(--output) cannot be written",
            await _attribution.FailureAsync("--paths", paths, "--model", "first", "--output", _attribution.In("no/such/folder.csv")),
            StringComparison.Ordinal
        );
        Assert.Contains("--order", _attribution.Refusal("--paths", paths, "--model", "first", "--order", "2"), StringComparison.Ordinal);
        Assert.Contains(
            "--half-life",
            _attribution.Refusal("--paths", paths, "--model", "time-decay", "--half-life", "0"),
            StringComparison.Ordinal
        );
    }

    public void Dispose() => _attribution.Dispose();

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);
}
