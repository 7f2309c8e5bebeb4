using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MarketingPlatform.Cli.Evaluate.Experiments;
using MarketingPlatform.Platform.CommandLine;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Evaluate.Experiments;

public sealed class ExperimentCommandTests
{
    private const string Simple = "arm,m\nA,0\nA,1\nA,0\nB,1\nB,1\nB,0\n";

    [Fact]
    public async Task The_JSON_has_the_members_that_were_promised()
    {
        using var file = new TemporaryFile(Rows(random => random.NextDouble() < 0.1 ? 1 : 0, random => random.NextDouble() < 0.2 ? 1 : 0));
        var json = await RunAsync(file.Path, "--arm", "arm", "--metric", "m", "--control", "A", "--json");

        var arms = json.GetProperty("arms");
        Assert.Equal(["A", "B"], arms.EnumerateArray().Select(arm => arm.GetProperty("name").GetString()));
        var (control, treatment) = (arms[0], arms[1]);
        Assert.Equal(JsonValueKind.Null, control.GetProperty("lift").ValueKind);
        Assert.Equal(2_000, treatment.GetProperty("units").GetInt64());
        var lift = treatment.GetProperty("lift").GetDouble();
        Assert.Equal(treatment.GetProperty("mean").GetDouble() - control.GetProperty("mean").GetDouble(), lift, 1e-12);
        Assert.Equal(lift / control.GetProperty("mean").GetDouble(), treatment.GetProperty("relativeLift").GetDouble(), 1e-12);
        Assert.Equal(lift, treatment.GetProperty("interval").EnumerateArray().Average(bound => bound.GetDouble()), 1e-9);
        Assert.InRange(treatment.GetProperty("p").GetDouble(), 0, 1e-6);
        Assert.InRange(treatment.GetProperty("chanceToWin").GetDouble(), 0.999, 1);
        Assert.Equal(1, json.GetProperty("srm").GetProperty("p").GetDouble(), 1e-9);
        Assert.StartsWith("B raised m from", json.GetProperty("sentence").GetString());
    }

    [Fact]
    public async Task Rows_of_a_unit_are_summed_up_and_a_unit_in_two_arms_is_left_out()
    {
        using var file = new TemporaryFile("u,arm,m,d\n1,A,1,1\n2,A,0,1\n1,A,2,3\n3,B,5,1\n4,B,7,2\n3,B,1,1\n5,A,9,9\n5,B,9,9\n");
        var json = await RunAsync(file.Path, "--unit", "u", "--arm", "arm", "--metric", "m", "--json");
        Assert.Equal([1.5, 6.5], Means(json));
        Assert.Equal(1, json.GetProperty("unitsInSeveralArms").GetInt64());

        var ratio = await RunAsync(file.Path, "--unit", "u", "--arm", "arm", "--metric", "m", "--denominator", "d", "--json");
        Assert.Equal([3.0 / 5, 13.0 / 4], Means(ratio));
    }

    [Fact]
    public async Task Segments_and_metrics_come_in_members_of_their_own()
    {
        var text = new StringBuilder("arm,m,n,s\n");
        var random = new Random(1);
        for (var i = 0; i < 4_000; i++)
            text.Append(CultureInfo.InvariantCulture, $"{"AB"[i % 2]},{random.Next(2)},{random.NextDouble():F3},{"xyz"[random.Next(3)]}\n");
        using var file = new TemporaryFile(text.ToString());
        var json = await RunAsync(file.Path, "--arm", "arm", "--metric", "m", "--metric", "n", "--segment", "s", "--json");

        Assert.Equal(["m", "n"], json.GetProperty("metrics").EnumerateArray().Select(metric => metric.GetProperty("metric").GetString()));
        Assert.Equal(
            ["x", "y", "z"],
            json.GetProperty("segments").EnumerateArray().Select(segment => segment.GetProperty("segment").GetString())
        );
        Assert.All(
            json.GetProperty("segments").EnumerateArray(),
            segment =>
                Assert.True(
                    segment.GetProperty("shrunkenInterval")[1].GetDouble() - segment.GetProperty("shrunkenInterval")[0].GetDouble()
                        < segment.GetProperty("interval")[1].GetDouble() - segment.GetProperty("interval")[0].GetDouble()
                )
        );
    }

    [Theory]
    [InlineData("arm,m\nA,1\nA,0\n", "There is one arm, A")]
    [InlineData("arm,m\nA,1\nA,0\nB,1\n", "The arm B has 1 unit")]
    [InlineData("arm,m\nA,0\nA,0\nB,0\nB,0\n", "m is 0 for every unit")]
    [InlineData("arm,m\nA,1\nA,NaN\nB,0\nB,0\n", "line 3, column \"m\": \"NaN\" is not a finite number.")]
    [InlineData("arm,m\nA,1\nA,x\nB,0\nB,0\n", "line 3, column \"m\": \"x\" is not a number")]
    [InlineData("arm,m\nA,1\n,1\nB,0\nB,0\n", "line 3, column \"arm\": empty where one of the arms is named.")]
    [InlineData("arm,other\nA,1\n", "has no column \"m\" (--metric). Its columns are: arm, other.")]
    [InlineData("arm,m\n", "has a header and no rows.")]
    [InlineData("", "is empty")]
    public async Task Bad_input_is_refused_with_what_is_wrong(string content, string reason)
    {
        using var file = new TemporaryFile(content);
        var failure = await Assert.ThrowsAsync<CommandException>(() => RunAsync(file.Path, "--arm", "arm", "--metric", "m"));
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.StartsWith(file.Path, failure.Message);
    }

    [Theory]
    [InlineData("--control", "Z", "No arm is called \"Z\" (--control); the arms are: A, B.")]
    [InlineData("--share", "A", "--share A is not an arm and a share above 0, such as A=0.5.")]
    [InlineData("--share", "A=0.5", "--share is given for other arms and not for \"B\": give it for all.")]
    public async Task A_wrong_option_is_refused(string option, string value, string reason)
    {
        using var file = new TemporaryFile(Simple);
        var failure = await Assert.ThrowsAsync<CommandException>(() => RunAsync(file.Path, "--arm", "arm", "--metric", "m", option, value));
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Negative_values_count_and_are_mentioned()
    {
        using var file = new TemporaryFile("arm,m\nA,3\nA,-1\nB,2\nB,4\n");
        var json = await RunAsync(file.Path, "--arm", "arm", "--metric", "m", "--json");
        Assert.Contains("1 unit has a value below 0 (refunds?)", json.GetProperty("notes").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Units_that_do_not_fit_in_memory_are_summed_up_all_the_same()
    {
        var random = new Random(4);
        using var small = new UnitTable(2, most: 50);
        using var large = new UnitTable(2);
        for (var i = 0; i < 20_000; i++)
        {
            var unit = random.Next(3_000);
            double[] row = [random.Next(5), 1];
            small.Add(UnitKey.Of($"{unit}"), unit % 3, unit % 7, row);
            large.Add(UnitKey.Of($"{unit}"), unit % 3, unit % 7, row);
        }
        Assert.Equal(Drained(large), Drained(small));

        static List<(UnitKey, int, int, long, double, double)> Drained(UnitTable table)
        {
            var units = new List<(UnitKey, int, int, long, double, double)>();
            table.Drain((row, sums) => units.Add((row.Key, row.Arm, row.Segment, row.Rows, sums[0], sums[1])));
            return [.. units.OrderBy(unit => unit.Item1.High)];
        }
    }

    /// <summary>Radcliffe, "Hillstrom's MineThatData email analytics challenge", 2008: both mailings raise visits, men's by most.</summary>
    [Fact]
    public async Task Hillstroms_mailings_raised_visits_and_spend()
    {
        var path = CommandRun.Shared("hillstrom-email", "hillstrom.csv");

        var json = await RunAsync(path, "--arm", "segment", "--metric", "visit", "--metric", "spend", "--control", "No E-Mail", "--json");
        var visits = json.GetProperty("arms").EnumerateArray().ToDictionary(arm => arm.GetProperty("name").GetString()!);
        Assert.InRange(visits["Mens E-Mail"].GetProperty("lift").GetDouble(), 0.07, 0.083);
        Assert.InRange(visits["Womens E-Mail"].GetProperty("lift").GetDouble(), 0.039, 0.051);
        Assert.False(json.GetProperty("srm").GetProperty("alarm").GetBoolean());
        Assert.All(
            json.GetProperty("metrics")[1].GetProperty("arms").EnumerateArray().Skip(1),
            arm => Assert.True(arm.GetProperty("interval")[0].GetDouble() > 0)
        );
    }

    private static IEnumerable<double> Means(JsonElement json) =>
        json.GetProperty("arms").EnumerateArray().Select(arm => arm.GetProperty("mean").GetDouble());

    private static string Rows(Func<Random, int> a, Func<Random, int> b)
    {
        var random = new Random(2);
        var text = new StringBuilder("arm,m\n");
        for (var i = 0; i < 2_000; i++)
            text.Append(CultureInfo.InvariantCulture, $"A,{a(random)}\nB,{b(random)}\n");
        return text.ToString();
    }

    private static async Task<JsonElement> RunAsync(string path, params string[] options)
    {
        var output = new StringWriter();
        var configuration = new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false };
        await ExperimentCommand
            .Create()
            .Parse(["--input", path, .. options])
            .InvokeAsync(configuration, TestContext.Current.CancellationToken);
        return options.Contains("--json") ? JsonDocument.Parse(output.ToString()).RootElement : default;
    }
}
