using System.Diagnostics;
using System.Security.Cryptography;
using MarketingPlatform.LocalServers;
using MarketingPlatform.LocalServers.Smtp;

namespace MarketingPlatform.Cli.Bench.Email;

/// <summary>
/// The e-mail service in this process on a private, durable PostgreSQL; Postfix's smtp-sink takes its mails, and smtp-source shows what
/// the machine can send at all. Everything is thrown away at the end.
/// </summary>
internal sealed class EmailBench(TimeProvider clock, Action<string> say)
{
    private const int WarmUp = 1_000;
    private const int DkimMails = 5_000;

    public async Task<EmailReport> RunAsync(int mails, int sessions, CancellationToken ct)
    {
        say("Starting PostgreSQL and smtp-sink …");
        await using var postgres = await LocalPostgres.StartThrowAwayAsync(say, durable: true, ct: ct);
        await using var sink = await LocalSmtpSink.StartAsync(say, ct: ct);
        var database = postgres.ConnectionString("email-db");
        var bytes = await MailBytesAsync(postgres.ConnectionString("email-db-sample"), ct);
        Raw before;
        SendCost cost;
        long peak;
        await using (var service = await BenchedService.StartAsync(database, sink.Port, sessions, null, clock, ct))
        {
            say($"Making {mails:N0} customers known …");
            await service.KnowCustomersAsync(mails, ct);
            await service.SendAsync("warm-up", WarmUp, ct);
            before = await MeasureAsync(sink, mails, bytes, sessions, ct);
            var taken = sink.Taken;
            cost = await service.SendAsync("measured", mails, ct);
            say($"platform: {mails / cost.Seconds:N0} mails/s");
            await CheckAsync(sink, taken + mails, ct);
            using var self = Process.GetCurrentProcess();
            peak = self.PeakWorkingSet64;
        }
        var after = await MeasureAsync(sink, mails, bytes, sessions, ct);
        var raw = new Raw((before.PerSecond + after.PerSecond) / 2, (before.KeptOpenPerSecond + after.KeptOpenPerSecond) / 2);
        return new EmailReport(
            mails,
            sessions,
            bytes,
            mails / cost.Seconds,
            raw.PerSecond,
            mails / cost.Seconds / raw.PerSecond,
            raw.KeptOpenPerSecond,
            mails / cost.Seconds / raw.KeptOpenPerSecond,
            cost.ProcessorSeconds * 1000 / mails,
            cost.AllocatedBytes / 1024.0 / mails,
            peak,
            await DkimCostsAsync(database, sink.Port, Math.Min(mails, DkimMails), sessions, ct),
            Environment.ProcessorCount
        );
    }

    private sealed record Raw(double PerSecond, double KeptOpenPerSecond);

    private async Task<Raw> MeasureAsync(LocalSmtpSink sink, int mails, int bytes, int sessions, CancellationToken ct)
    {
        var keptOpen = await sink.MeasureAsync(mails, bytes, sessions, keepOpen: true, ct);
        var raw = new Raw(await sink.MeasureAsync(mails, bytes, sessions, keepOpen: false, ct), keptOpen);
        say($"smtp-source: {raw.PerSecond:N0} mails/s of {bytes:N0} bytes, {keptOpen:N0} over connections that stay open");
        return raw;
    }

    // smtp-sink prints its count a moment after its answers, and the last mail only when something else happens.
    private async Task CheckAsync(LocalSmtpSink sink, int expected, CancellationToken ct)
    {
        for (var look = 0; look < 40 && sink.Taken < expected - 1; look++)
            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, ct);
        if (sink.Taken < expected - 1 || sink.Taken > expected)
            throw new LocalServerException($"smtp-sink has taken {sink.Taken} mails and not {expected}: the figure would be wrong.");
    }

    // One such mail, as it comes over the wire.
    private async Task<int> MailBytesAsync(string database, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("bench-email-");
        try
        {
            await using var sink = await LocalSmtpSink.StartAsync(say, folder.FullName, ct);
            await using var service = await BenchedService.StartAsync(database, sink.Port, 1, null, clock, ct);
            await service.KnowCustomersAsync(1, ct);
            await service.SendAsync("sample", 1, ct);
            return LocalSmtpSink.BytesOfMail(folder.GetFiles().Single());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // The same mails without, with RSA and with Ed25519, one after the other, each in a service of its own.
    private async Task<IReadOnlyList<DkimCost>> DkimCostsAsync(string database, int port, int mails, int sessions, CancellationToken ct)
    {
        using var rsa = RSA.Create(2048);
        (string Name, string? Pem)[] keys =
        [
            ("none", null),
            ("rsa-2048", rsa.ExportPkcs8PrivateKeyPem()),
            ("ed25519", Ed25519.NewPrivateKeyPem()),
        ];
        List<DkimCost> costs = [];
        var without = 0.0;
        foreach (var (name, pem) in keys)
        {
            await using var service = await BenchedService.StartAsync(database, port, sessions, pem, clock, ct);
            await service.SendAsync(name + "-warm-up", WarmUp, ct);
            var cost = await service.SendAsync(name, mails, ct);
            if (pem is null)
                without = cost.ProcessorSeconds;
            else
                costs.Add(new(name, mails, mails / cost.Seconds, (cost.ProcessorSeconds - without) * 1000 / mails));
            say($"DKIM {name}: {mails / cost.Seconds:N0} mails/s");
        }
        return costs;
    }
}

/// <summary>.NET makes no Ed25519 keys; any 32 bytes are one (RFC 8032), here in PKCS #8 (RFC 8410).</summary>
internal static class Ed25519
{
    private static readonly byte[] Prefix = Convert.FromHexString("302e020100300506032b657004220420");

    public static string NewPrivateKeyPem() => PemEncoding.WriteString("PRIVATE KEY", [.. Prefix, .. RandomNumberGenerator.GetBytes(32)]);
}
