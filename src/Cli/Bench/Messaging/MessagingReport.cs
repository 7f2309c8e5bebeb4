using System.Diagnostics;
using System.Globalization;

namespace MarketingPlatform.Cli.Bench.Messaging;

/// <summary>What the bench prints.</summary>
/// <param name="BehaviourToRaw">Events of behaviour in batches for each raw message; at least 1 is wanted.</param>
/// <param name="PeakResidentBytes">Of this process: raw client, publisher and consumer together.</param>
internal sealed record MessagingReport(
    Reached Raw,
    Reached Facts,
    Reached Behaviour,
    double BehaviourToRaw,
    double FactsToRaw,
    long PeakResidentBytes,
    int Processors,
    string Setting
)
{
    private const string How =
        "publisher and consumer are two hosts in one process, each with its own database; PostgreSQL with fsync, RabbitMQ with quorum queues, "
        + "all on this machine";

    public static MessagingReport Of(Reached raw, Reached facts, Reached behaviour)
    {
        using var self = Process.GetCurrentProcess();
        return new MessagingReport(
            raw,
            facts,
            behaviour,
            Rounds.Ratio(behaviour, raw),
            Rounds.Ratio(facts, raw),
            self.PeakWorkingSet64,
            Environment.ProcessorCount,
            How
        );
    }

    public void Write(TextWriter output)
    {
        WriteLine(Raw, $"RabbitMQ.Client alone: {RawRabbit.MessageBytes} bytes, persistent, quorum queue, publish + confirm + consume");
        WriteLine(Facts, $"business facts, one a message, {Writer.FactsPerCommit} a commit, from outbox to committed consumer row");
        WriteLine(Behaviour, $"behaviour in messages of {Writer.EventsPerMessage} events, from outbox to committed consumer rows");
        Print($"behaviour / raw  {BehaviourToRaw:N2} (wanted: 1 or more)");
        Print($"facts / raw      {FactsToRaw:N2}");
        Print($"peak memory      {PeakResidentBytes / (1024 * 1024):N0} MB resident, bench process");
        Print($"setting          {Processors} processors; {Setting}");

        void WriteLine(Reached reached, string what) => Print($"{reached.Name, -10}{reached.PerSecond, 10:N0} {reached.Unit}/s  {what}");
        void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
