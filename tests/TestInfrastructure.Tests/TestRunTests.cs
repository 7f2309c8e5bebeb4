using MarketingPlatform.TestRun;
using Xunit;

namespace MarketingPlatform.TestInfrastructure.Tests;

public sealed class TestRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("marketing-totals-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("", "Clients Chaos Slow")]
    [InlineData("--clients", "Chaos Slow")]
    [InlineData("--clients --chaos", "Slow")]
    [InlineData("--all", "")]
    public void Switches_decide_which_tests_are_left_out(string switches, string leftOut)
    {
        var options = TestRunOptions.Parse(switches.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(leftOut.Split(' ', StringSplitOptions.RemoveEmptyEntries), options.LeftOut);
        Assert.Equal(
            options.LeftOut.Select(category => $"Category={category}"),
            options.Arguments("x.sln", "results").Where(argument => argument.StartsWith("Category=", StringComparison.Ordinal))
        );
        Assert.Empty(options.Extra);
    }

    [Fact]
    public void Other_arguments_go_to_dotnet_test_as_they_are()
    {
        var options = TestRunOptions.Parse(["--no-build", "--filter-class", "*Cart*"]);

        Assert.False(options.Build);
        Assert.Equal(["--filter-class", "*Cart*"], options.Arguments("x.sln", "results").TakeLast(2));
    }

    [Fact]
    public void The_last_line_adds_up_all_projects_and_counts_errors_outside_of_tests_as_failures()
    {
        Write("a", """<assembly total="5" passed="3" failed="1" skipped="1" errors="0" />""");
        Write("b", """<assembly total="2" passed="2" failed="0" skipped="0" errors="1" />""");
        File.WriteAllText(Path.Combine(_folder, "c.xml"), "<assemblies><assembly passed=\"9\"");

        var totals = TestTotals.Read(_folder);

        Assert.Equal("5 passed, 2 failed, 1 skipped", totals.ToString());
    }

    [Fact]
    public void Nothing_is_said_of_skipped_tests_when_there_are_none()
    {
        Write("a", """<assembly total="123" passed="123" failed="0" skipped="0" errors="0" />""");

        Assert.Equal("123 passed, 0 failed", TestTotals.Read(_folder).ToString());
    }

    private void Write(string name, string assembly) =>
        File.WriteAllText(Path.Combine(_folder, name + ".xml"), $"<assemblies>{assembly}</assemblies>");
}
