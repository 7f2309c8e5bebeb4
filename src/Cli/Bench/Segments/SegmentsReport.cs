using System.Globalization;

namespace MarketingPlatform.Cli.Bench.Segments;

/// <summary>What is asked of the bench.</summary>
internal sealed record SegmentsLoad(int Customers, int Segments, int EventsPerSecond, int Seconds, int Everybody);

/// <summary>Milliseconds from the event handed to the bus to the change received from it.</summary>
internal sealed record Latency(int Changes, double P50, double P95, double P99, double Max);

/// <summary>Where the time of following goes; milliseconds.</summary>
/// <param name="Portions">Transactions, of <paramref name="Customers"/> in all.</param>
/// <param name="Total">By stage (claim, read, evaluate, apply), over the whole run; the rest of the run the worker rested.</param>
/// <param name="Longest">By stage, of one portion.</param>
internal sealed record StageFigures(
    int Portions,
    long Customers,
    IReadOnlyDictionary<string, double> Total,
    IReadOnlyDictionary<string, double> Longest
);

/// <param name="ReachedPerSecond">Events a second that were really sent.</param>
/// <param name="ServiceCpuMillisecondsPerEvent">Processor time of service and bench, generator included.</param>
/// <param name="PostgresCpuMillisecondsPerEvent">Processor time of PostgreSQL's processes; null where it cannot be measured.</param>
/// <param name="Waiting">Customers whose rules were not looked at yet when the run ended; more than a second's worth is a queue that grows.</param>
/// <param name="ServiceBytes">Resident, of the process that holds service and bench, after the load.</param>
/// <param name="PostgresBytes">Proportional, of PostgreSQL's processes, after the load.</param>
internal sealed record FollowFigures(
    double ReachedPerSecond,
    Latency Latency,
    StageFigures Stages,
    double ServiceCpuMillisecondsPerEvent,
    double? PostgresCpuMillisecondsPerEvent,
    long Waiting,
    long ServiceBytes,
    long? PostgresBytes
);

/// <param name="RecomputeSeconds">One segment of three conditions over everybody: answers and differences, each of three runs.</param>
internal sealed record SegmentsReport(
    SegmentsLoad Load,
    FollowFigures Followed,
    IReadOnlyList<double> RecomputeSeconds,
    long RecomputeMembers,
    int Processors,
    string Setting
)
{
    public const string How =
        "Segmentation in this process with the in-memory transport and a durable private PostgreSQL on this machine; the service's own RFM "
        + "evaluation runs beside it while events come in";

    public void Write(TextWriter output)
    {
        var (latency, stages) = (Followed.Latency, Followed.Stages);
        Print($"followed         {Load.Customers:N0} customers x {Load.Segments:N0} segments, {Followed.ReachedPerSecond:N0} events/s");
        Print(
            $"latency          p50 {latency.P50:N0} ms, p95 {latency.P95:N0} ms, p99 {latency.P99:N0} ms (wanted: below 1,000), {latency.Changes:N0} changes"
        );
        Print(
            $"stages           {stages.Customers:N0} customers in {stages.Portions:N0} portions: {string.Join(", ", stages.Total.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Key} {s.Value:N0} ms (longest {stages.Longest[s.Key]:N0})")))}"
        );
        Print(
            $"processor        {Followed.ServiceCpuMillisecondsPerEvent:N2} ms an event service and bench, {Followed.PostgresCpuMillisecondsPerEvent ?? 0:N2} ms PostgreSQL; {Followed.Waiting:N0} customers waited at the end"
        );
        Print(
            $"recompute        {string.Join(", ", RecomputeSeconds.Select(s => s.ToString("N2", CultureInfo.InvariantCulture)))} s for {Load.Everybody:N0} customers, {RecomputeMembers:N0} members (wanted: below 5)"
        );
        Print(
            $"memory           {Followed.ServiceBytes / 1_048_576:N0} MB service and bench, {(Followed.PostgresBytes ?? 0) / 1_048_576:N0} MB PostgreSQL"
        );
        Print($"setting          {Processors} processors; {Setting}");

        void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
