using System.Diagnostics;
using System.Globalization;

namespace MarketingPlatform.Cli.Bench.Collect;

/// <summary>What the bench prints.</summary>
/// <param name="Insert">Bare statements of 500 rows.</param>
/// <param name="Copy">Bare binary COPY.</param>
/// <param name="Collected">Through HTTP, parsed, de-duplicated, committed, published, and committed by Segmentation.</param>
/// <param name="Accepted">The same runs, until the last request was answered.</param>
/// <param name="CollectedToInsert">At least 0.2 is wanted.</param>
/// <param name="AcceptedAlone">Through HTTP, parsed, de-duplicated, committed, published; no consumer on the same cores.</param>
/// <param name="AcceptedAloneToInsert">At least 0.4 is wanted.</param>
/// <param name="SingleTrackP99Milliseconds">Of single calls while the batches were under way.</param>
internal sealed record CollectReport(
    Reached Insert,
    Reached Copy,
    Reached Collected,
    Reached Accepted,
    Reached AcceptedAlone,
    double CollectedToInsert,
    double AcceptedToInsert,
    double AcceptedAloneToInsert,
    double CollectedToCopy,
    double AcceptedAloneToCopy,
    double SingleTrackP50Milliseconds,
    double SingleTrackP99Milliseconds,
    int SingleTracks,
    MemoryCurve Memory,
    int Processors,
    string Setting
)
{
    private const string How =
        "client, Gateway, Customers and (but for accepting alone) Segmentation in one process, 16 connections of 100 events a request; PostgreSQL with fsync, RabbitMQ "
        + "with quorum queues, all on this machine; product and page views of 10,000 known customers";

    public static CollectReport Of(
        Reached insert,
        Reached copy,
        Reached collected,
        IReadOnlyList<double> acceptedRounds,
        Reached alone,
        IReadOnlyCollection<double> singles,
        MemoryCurve memory
    )
    {
        var accepted = new Reached("accepted", collected.Unit, collected.PerRound, Rounds.Median(acceptedRounds.ToArray()), acceptedRounds);
        return new CollectReport(
            insert,
            copy,
            collected,
            accepted,
            alone,
            Rounds.Ratio(collected, insert),
            Rounds.Ratio(accepted, insert),
            Rounds.Ratio(alone, insert),
            Rounds.Ratio(collected, copy),
            Rounds.Ratio(alone, copy),
            Quantile(singles, 0.5),
            Quantile(singles, 0.99),
            singles.Count,
            memory,
            Environment.ProcessorCount,
            How
        );
    }

    public void Write(TextWriter output)
    {
        WriteLine(Insert, "PostgreSQL alone: insert … select unnest … on conflict do nothing, 500 rows a statement");
        WriteLine(Copy, "PostgreSQL alone: binary COPY");
        WriteLine(Accepted, "the same runs, until the last answer");
        WriteLine(AcceptedAlone, "through /v1/batch, until the last answer, with no consumer on the same cores");
        WriteLine(Collected, "through /v1/batch, until Segmentation committed the last event");
        Print($"collected / insert {CollectedToInsert:N2} (wanted: 0.2 or more), / copy {CollectedToCopy:N2}");
        Print(
            $"accepted  / insert {AcceptedAloneToInsert:N2} alone (wanted: 0.4 or more), / copy {AcceptedAloneToCopy:N2}; {AcceptedToInsert:N2} beside the consumer"
        );
        Print(
            $"single track       median {SingleTrackP50Milliseconds:N0} ms, p99 {SingleTrackP99Milliseconds:N0} ms of {SingleTracks:N0} under that load"
        );
        Print(
            $"memory             peak {Memory.PeakBytes / (1024 * 1024):N0} MB resident over {Memory.Events:N0} events, growth {Memory.Growth:P0}; the process with client and services"
        );
        Print($"setting            {Processors} processors; {Setting}");

        void WriteLine(Reached reached, string what) => Print($"{reached.Name, -10}{reached.PerSecond, 10:N0} {reached.Unit}/s  {what}");
        void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }

    internal static double Quantile(IReadOnlyCollection<double> values, double share)
    {
        if (values.Count == 0)
            return 0;
        var sorted = values.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }
}

/// <summary>Resident memory after each tenth of a long run.</summary>
/// <param name="Events">How many in all.</param>
internal sealed record MemoryCurve(int Events, IReadOnlyList<long> ResidentBytesByTenth)
{
    /// <summary>The most that the process ever held.</summary>
    public long PeakBytes { get; } = Peak();

    /// <summary>How much more the second half held at its most than the first; about 0 where memory is flat.</summary>
    public double Growth =>
        ResidentBytesByTenth.Count < 2
            ? 0
            : ResidentBytesByTenth.Skip(ResidentBytesByTenth.Count / 2).Max()
                / (double)ResidentBytesByTenth.Take(ResidentBytesByTenth.Count / 2).Max()
                - 1;

    public static long ResidentBytes()
    {
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    private static long Peak()
    {
        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }
}
