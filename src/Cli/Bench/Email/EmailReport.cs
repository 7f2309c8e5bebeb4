using System.Globalization;

namespace MarketingPlatform.Cli.Bench.Email;

/// <summary>What a send with signatures reached, beside the same without.</summary>
/// <param name="ExtraMilliseconds">Of processor time a mail.</param>
internal sealed record DkimCost(string Algorithm, int Mails, double PerSecond, double ExtraMilliseconds);

/// <summary>What the bench prints.</summary>
/// <param name="PerSecond">Mails from the request to the last answer of the mail server.</param>
/// <param name="RawPerSecond">
/// smtp-source alone as it comes, same size and sessions, a connection a mail: the mean of a run before and one after.
/// </param>
/// <param name="Ratio">Ours to smtp-source's; 0.2 is wanted, 0.35 would be fine.</param>
/// <param name="RawKeptOpenPerSecond">The same with its switch -d: over connections that stay open, as ours do.</param>
/// <param name="RatioKeptOpen">Ours to that.</param>
/// <param name="MailBytes">Of one mail on the wire.</param>
/// <param name="ProcessorMilliseconds">Of this process a mail: service, stand-in for Recommendation, and the bench itself.</param>
/// <param name="AllocatedKilobytes">Managed memory that this process allocated a mail; unlike times, the same on a busy machine.</param>
/// <param name="PeakResidentBytes">Of this process up to the end of the measured send.</param>
internal sealed record EmailReport(
    int Mails,
    int Sessions,
    int MailBytes,
    double PerSecond,
    double RawPerSecond,
    double Ratio,
    double RawKeptOpenPerSecond,
    double RatioKeptOpen,
    double ProcessorMilliseconds,
    double AllocatedKilobytes,
    long PeakResidentBytes,
    IReadOnlyList<DkimCost> Dkim,
    int Processors
)
{
    public void Write(TextWriter output)
    {
        Print($"mails            {Mails:N0} of {MailBytes:N0} bytes, {Sessions} connections, each with its own recommendations");
        Print(
            $"platform         {PerSecond:N0} mails/s: rendered, ledgered, delivered ({ProcessorMilliseconds:N2} ms processor time, {AllocatedKilobytes:N0} kB allocated each)"
        );
        Print($"smtp-source      {RawPerSecond:N0} mails/s: the same size and sessions, sent only, a connection each");
        Print($"                 {RawKeptOpenPerSecond:N0} mails/s with -d: over connections that stay open, as the platform's do");
        Print($"ratio            {Ratio:N2} (wanted: 0.2 or more); {RatioKeptOpen:N3} of smtp-source -d");
        Print($"peak memory      {PeakResidentBytes / (1024 * 1024):N0} MB resident, whole bench process (wanted: below 400)");
        foreach (var cost in Dkim)
            Print($"DKIM {cost.Algorithm, -12}{cost.PerSecond:N0} mails/s, {cost.ExtraMilliseconds:N2} ms more processor time a mail");
        Print(
            $"setting          {Processors} processors; PostgreSQL with fsync, mail server and Recommendation's stand-in on this machine"
        );

        void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
