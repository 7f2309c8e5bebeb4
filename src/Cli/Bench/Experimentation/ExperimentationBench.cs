using System.Diagnostics;
using System.Text.Json;
using MarketingPlatform.Cli.Evaluate;
using MarketingPlatform.Cli.Evaluate.Experiments;
using MarketingPlatform.Experimentation.Assignment;

namespace MarketingPlatform.Cli.Bench.Experimentation;

/// <summary>What the bench prints.</summary>
/// <param name="Hash">The limit of assignment: both FNV-1a passes over the same ids and nothing else.</param>
/// <param name="Assignment">Variations by <see cref="VariationSplit"/>, one core.</param>
/// <param name="Targeted">Variations by <see cref="Assigner"/>, with a condition on two attributes.</param>
/// <param name="Read">The limit of analysis: the same rows, decoded to text and their line ends counted.</param>
/// <param name="Analysis">Rows parsed and summed up by arm.</param>
/// <param name="LongRun">One long pass.</param>
internal sealed record ExperimentationReport(
    Reached Hash,
    Reached Assignment,
    Reached Targeted,
    double AssignmentToHash,
    Reached Read,
    Reached Analysis,
    double AnalysisToRead,
    LongRun LongRun,
    int Processors
);

/// <summary>One pass over many rows, with the analysis at its end.</summary>
/// <param name="HeapGrowthBytes">Managed memory in use after it, less that before.</param>
/// <param name="PeakGrowthBytes">How much the process's peak of resident memory rose.</param>
internal sealed record LongRun(long Rows, double Seconds, long HeapGrowthBytes, long PeakGrowthBytes);

/// <summary>Assignments and rows a second on one core.</summary>
internal sealed class ExperimentationBench(TimeProvider clock, Action<string> say)
{
    private static readonly ExperimentColumns Columns = new("arm", ["converted", "revenue"]);
    private static readonly ExperimentOptions Options = new(
        "A",
        MarketingPlatform.Experimentation.Analysis.InferenceMethod.Fixed,
        0.05,
        5_000,
        null
    );

    private readonly string[] _ids = [.. Enumerable.Range(0, 100_000).Select(i => $"0198{i:x8}-7c3f-7000-8000-{i * 7919L:x12}")];
    private readonly VariationSplit _split = new("new-checkout", Buckets.Ranges(2));
    private long _sink;

    public async Task<ExperimentationReport> RunAsync(int rounds, int seconds, long longRows, CancellationToken ct)
    {
        var assigners = Assigners();
        var experiment = JsonSerializer.Deserialize<Experiment>(
            """{"key": "new-checkout", "hashVersion": 2, "variations": [0, 1], "condition": {"country": {"$in": ["GB", "IE"]}, "orders": {"$gte": 2}}}""",
            JsonSerializerOptions.Web
        )!;
        var reached = await new Rounds(rounds, seconds, say).RunAsync(
            [
                Work("hash", "ids", 100_000, Hash),
                Work("assignment", "assignments", 100_000, count => Repeat(count, i => _split.Assign(_ids[i]))),
                Work(
                    "targeted",
                    "assignments",
                    20_000,
                    count => Repeat(count, i => assigners[i % assigners.Length].Run(experiment).VariationId)
                ),
                Work("read", "rows", 200_000, count => CountLines(count)),
                Work("analysis", "rows", 200_000, count => SumUp(count, ct)),
            ],
            ct
        );
        return new ExperimentationReport(
            reached[0],
            reached[1],
            reached[2],
            Rounds.Ratio(reached[1], reached[0]),
            reached[3],
            reached[4],
            Rounds.Ratio(reached[4], reached[3]),
            RunLong(longRows, ct),
            Environment.ProcessorCount
        );
    }

    private Workload Work(string name, string unit, int warmUp, Action<int> work) =>
        new(
            name,
            unit,
            warmUp,
            (count, _) =>
            {
                var start = clock.GetTimestamp();
                work(count);
                return Task.FromResult(clock.GetElapsedTime(start));
            }
        );

    private void Hash(int count) => Repeat(count, i => (int)BucketHash.Fnv1a("3735928559", BucketHash.Fnv1a(_ids[i])));

    private void Repeat(int count, Func<int, int> one)
    {
        var (sum, i) = (0L, 0);
        for (var done = 0; done < count; done++)
        {
            sum += one(i);
            i = i + 1 == _ids.Length ? 0 : i + 1;
        }
        _sink += sum;
    }

    private void CountLines(long rows)
    {
        using var text = new StreamReader(new GeneratedRows(rows));
        var buffer = new char[1 << 16];
        int read;
        while ((read = text.Read(buffer)) > 0)
            _sink += buffer.AsSpan(0, read).Count('\n');
    }

    private void SumUp(long rows, CancellationToken ct)
    {
        using var table = CsvTable.Read("generated rows", new GeneratedRows(rows));
        _sink += ExperimentInput.Read(table, Columns, ct).Rows;
    }

    private void Analyse(long rows, CancellationToken ct)
    {
        using var table = CsvTable.Read("generated rows", new GeneratedRows(rows));
        _sink += ExperimentAnalysis.Run(ExperimentInput.Read(table, Columns, ct), Columns, Options).Arms[0].Units;
    }

    private LongRun RunLong(long rows, CancellationToken ct)
    {
        using var self = Process.GetCurrentProcess();
        var (heap, peak) = (GC.GetTotalMemory(forceFullCollection: true), self.PeakWorkingSet64);
        var start = clock.GetTimestamp();
        Analyse(rows, ct);
        var took = clock.GetElapsedTime(start);
        self.Refresh();
        say($"{rows:N0} rows in {took.TotalSeconds:N1} s");
        return new LongRun(rows, took.TotalSeconds, GC.GetTotalMemory(forceFullCollection: true) - heap, self.PeakWorkingSet64 - peak);
    }

    private static Assigner[] Assigners() =>
        [
            .. Enumerable
                .Range(0, 1_000)
                .Select(i => new Assigner
                {
                    Attributes = JsonSerializer.SerializeToElement(
                        new
                        {
                            id = $"customer-{i}",
                            country = i % 2 == 0 ? "GB" : "FR",
                            orders = i % 5,
                        }
                    ),
                }),
        ];
}
