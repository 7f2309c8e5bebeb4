using System.Globalization;

namespace MarketingPlatform.Cli.Bench.Recommend;

/// <summary>What is asked of the bench.</summary>
internal sealed record RecommendLoad(int Products, int Customers, int Interactions, int RequestsPerSecond, int Seconds);

/// <summary>Milliseconds of one answer, from the moment it was due (so waiting for its turn counts) to its last byte.</summary>
internal sealed record AnswerTimes(int Answers, double P50, double P95, double P99, double Max);

/// <param name="TrainingSeconds">From the request to the model that serves: reading, learning, measuring, storing, loading.</param>
/// <param name="Model">The version that served.</param>
/// <param name="ReachedPerSecond">Single answers a second that were really asked for.</param>
/// <param name="BatchCustomersPerSecond">Customers answered by the batch endpoint, 500 a call, two calls at a time.</param>
/// <param name="FoldInMilliseconds">From an order handed to the bus to an answer that gives it as its reason: median and slowest.</param>
/// <param name="ServiceBytes">Resident, of the process that holds service and bench, at the end.</param>
/// <param name="LoadAverage">Of the machine over the last minute, at the start and at the end: on a busy machine times tell little.</param>
internal sealed record RecommendReport(
    RecommendLoad Load,
    long Interactions,
    double TrainingSeconds,
    string? Model,
    double ReachedPerSecond,
    AnswerTimes Answers,
    double BatchCustomersPerSecond,
    IReadOnlyList<double> FoldInMilliseconds,
    long ServiceBytes,
    long? PostgresBytes,
    int Processors,
    IReadOnlyList<double> LoadAverage
)
{
    public void Write(TextWriter output)
    {
        var c = CultureInfo.InvariantCulture;
        output.WriteLine(
            string.Create(
                c,
                $"{Load.Products:N0} products, {Load.Customers:N0} customers, {Interactions:N0} interactions; machine's load {LoadAverage[0]:0.0} to {LoadAverage[1]:0.0}"
            )
        );
        output.WriteLine(string.Create(c, $"training to serving   {TrainingSeconds:0.0} s ({Model})"));
        output.WriteLine(
            string.Create(
                c,
                $"one answer            p50 {Answers.P50:0.0}, p95 {Answers.P95:0.0}, p99 {Answers.P99:0.0}, max {Answers.Max:0.0} ms at {ReachedPerSecond:0}/s"
            )
        );
        output.WriteLine(string.Create(c, $"batch                 {BatchCustomersPerSecond:N0} customers/s"));
        output.WriteLine(
            string.Create(c, $"fold-in               median {FoldInMilliseconds[0]:0} ms, slowest {FoldInMilliseconds[1]:0} ms")
        );
        output.WriteLine(
            string.Create(
                c,
                $"memory                {ServiceBytes / 1048576.0:0} MB service and bench, {(PostgresBytes ?? 0) / 1048576.0:0} MB PostgreSQL"
            )
        );
    }
}
