using System.Globalization;

namespace MarketingPlatform.Cli.Bench.Segments;

/// <summary>What is asked of the bench.</summary>
internal sealed record SegmentsLoad(int Customers, int Segments, int EventsPerSecond, int Seconds, int Everybody);

/// <summary>Milliseconds from the event handed to the bus to the change received from it.</summary>
internal sealed record Latency(int Changes, double P50, double P95, double P99, double Max);

/// <param name="ReachedPerSecond">Events a second that were really sent.</param>
/// <param name="RecomputeSeconds">One segment of three conditions over everybody: answers and differences, each of three runs.</param>
/// <param name="ServiceBytes">Resident, of the process that holds service and bench, after the load.</param>
/// <param name="PostgresBytes">Proportional, of PostgreSQL's processes, after the load.</param>
internal sealed record SegmentsReport(
    SegmentsLoad Load,
    double ReachedPerSecond,
    Latency Latency,
    IReadOnlyList<double> RecomputeSeconds,
    long RecomputeMembers,
    long ServiceBytes,
    long? PostgresBytes,
    int Processors,
    string Setting
)
{
    public const string How =
        "Segmentation in this process with the in-memory transport and a durable private PostgreSQL on this machine; the service's own RFM "
        + "evaluation runs beside it while events come in";

    public void Write(TextWriter output)
    {
        Print($"followed         {Load.Customers:N0} customers x {Load.Segments:N0} segments, {ReachedPerSecond:N0} events/s");
        Print(
            $"latency          p50 {Latency.P50:N0} ms, p95 {Latency.P95:N0} ms, p99 {Latency.P99:N0} ms (wanted: below 1,000), {Latency.Changes:N0} changes"
        );
        Print(
            $"recompute        {string.Join(", ", RecomputeSeconds.Select(s => s.ToString("N2", CultureInfo.InvariantCulture)))} s for {Load.Everybody:N0} customers, {RecomputeMembers:N0} members (wanted: below 5)"
        );
        Print($"memory           {ServiceBytes / 1_048_576:N0} MB service and bench, {(PostgresBytes ?? 0) / 1_048_576:N0} MB PostgreSQL");
        Print($"setting          {Processors} processors; {Setting}");

        void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
