using System.Diagnostics;
using MarketingPlatform.TestInfrastructure;

namespace MarketingPlatform.TestRun;

/// <summary>Builds, starts one PostgreSQL and one RabbitMQ for all test projects, runs them, and adds up what their reports say.</summary>
internal static class TestRun
{
    private const string Solution = "MarketingPlatform.sln";
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private static readonly Dictionary<string, string> Variables = new()
    {
        // The AppHost needs Aspire's packages, the tests do not.
        ["AspireAvailable"] = "false",
        [TestVariables.ThrowAway] = "1",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["TESTINGPLATFORM_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
    };

    public static async Task<int> RunAsync(TestRunOptions options, CancellationToken ct)
    {
        var root = FindRoot();
        var solution = Path.Combine(root, Solution);
        if (options.Build)
        {
            Console.WriteLine($"Building {Solution} …");
            var code = await DotnetAsync(root, ["build", solution, "-c", "Release", "-v", "minimal"], Variables, ct);
            if (code != 0)
            {
                throw new TestRunException("The solution does not build, so no test ran.");
            }
        }

        var results = Path.Combine(root, "artifacts", "test-results");
        if (Directory.Exists(results))
        {
            Directory.Delete(results, recursive: true);
        }

        Directory.CreateDirectory(results);
        return await TestAsync(options, root, solution, results, ct);
    }

    private static async Task<int> TestAsync(TestRunOptions options, string root, string solution, string results, CancellationToken ct)
    {
        Console.WriteLine("Starting PostgreSQL and RabbitMQ for the tests …");
        // Both are awaited before either is disposed of, so that a failure of one never leaves the other behind.
        var (findPostgres, findRabbit) = (PostgresServer.FindAsync(Console.WriteLine, ct), RabbitServer.FindAsync(Console.WriteLine, ct));
        await Task.WhenAll(findPostgres, findRabbit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await using var postgres = findPostgres.IsCompletedSuccessfully ? await findPostgres : null;
        await using var rabbit = findRabbit.IsCompletedSuccessfully ? await findRabbit : null;
        var (foundPostgres, foundRabbit) = (await findPostgres, await findRabbit);
        Console.WriteLine($"{foundPostgres.Description}; {foundRabbit.Description}.");

        var code = await DotnetAsync(
            root,
            options.Arguments(solution, results),
            [.. OwnVariables(foundPostgres, foundRabbit), .. foundPostgres.Variables, .. foundRabbit.Variables],
            ct
        );
        var totals = TestTotals.Read(results);
        Console.WriteLine();
        if (code != 0 && totals.Failed == 0)
        {
            Console.WriteLine($"`dotnet test` ended with code {code}: see above which project did not finish.");
        }

        if (totals.Ran == 0)
        {
            Console.WriteLine("No test ran.");
        }

        Console.WriteLine(totals);
        return totals is { Ran: > 0, Failed: 0 } ? code : 1;
    }

    // A server that somebody else gave lives on, so the tests tidy up what they made there.
    private static IEnumerable<KeyValuePair<string, string>> OwnVariables(PostgresServer postgres, RabbitServer rabbit) =>
        Variables.Where(variable => variable.Key != TestVariables.ThrowAway || !(postgres.OutlivesTests || rabbit.OutlivesTests));

    private static async Task<int> DotnetAsync(
        string root,
        IReadOnlyList<string> arguments,
        IEnumerable<KeyValuePair<string, string>> variables,
        CancellationToken ct
    )
    {
        // Standard output and error are inherited: what the tests say is seen as they say it.
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
        {
            WorkingDirectory = root,
            UseShellExecute = false,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            await process.WaitForExitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C in a terminal has reached the child as well: it may be about to end by itself, and in better order.
            using var patience = new CancellationTokenSource(LastWords);
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode;
    }

    private static string FindRoot()
    {
        foreach (var start in new[] { Directory.GetCurrentDirectory(), AppContext.BaseDirectory })
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, Solution)))
                {
                    return folder.FullName;
                }
            }
        }

        throw new TestRunException($"{Solution} was not found in this folder or above it. Start from inside the repository.");
    }
}
