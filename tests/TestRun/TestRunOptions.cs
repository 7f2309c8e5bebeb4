namespace MarketingPlatform.TestRun;

/// <summary>What to run.</summary>
/// <param name="Build">Whether to build the solution first.</param>
/// <param name="LeftOut">Values of the trait <c>Category</c> whose tests do not run.</param>
/// <param name="Extra">Arguments that go to <c>dotnet test</c> as they are.</param>
internal sealed record TestRunOptions(bool Build, IReadOnlyList<string> LeftOut, IReadOnlyList<string> Extra)
{
    private static readonly Dictionary<string, string[]> Switches = new()
    {
        ["--clients"] = ["Clients"],
        ["--chaos"] = ["Chaos"],
        ["--all"] = ["Clients", "Chaos", "Slow"],
    };

    public static TestRunOptions Parse(IReadOnlyList<string> args)
    {
        var switchedOn = args.SelectMany(arg => Switches.GetValueOrDefault(arg, [])).ToHashSet();
        return new TestRunOptions(
            !args.Contains("--no-build"),
            [.. Switches["--all"].Where(category => !switchedOn.Contains(category))],
            [.. args.Where(arg => !Switches.ContainsKey(arg) && arg != "--no-build")]
        );
    }

    /// <summary>The arguments of <c>dotnet test</c>.</summary>
    public IReadOnlyList<string> Arguments(string solution, string results) =>
        [
            "test",
            .. Extra.Contains("--project") ? (string[])[] : ["--solution", solution],
            "-c",
            "Release",
            "--no-build",
            "--no-progress",
            // A project's own tests fill a small machine: two at once end a quarter sooner, and then it is time-outs that are tested.
            "--max-parallel-test-modules",
            "1",
            "--results-directory",
            results,
            "--report-xunit-xml",
            // A project whose tests are all left out is no failure; that some test ran at all is seen in the totals.
            "--ignore-exit-code",
            "8",
            .. LeftOut.SelectMany(category => (string[])["--filter-not-trait", $"Category={category}"]),
            .. Extra,
        ];
}
