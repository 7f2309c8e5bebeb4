using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Messages;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Email.Sending.Timing;
using MarketingPlatform.Email.Sends;
using MarketingPlatform.Platform.Hosting;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Digest;

/// <summary>
/// Sends the owner a letter about the last week, each Monday. The week's row and the mail are one transaction: a restart, or a second instance,
/// sends no second letter. A Monday on which nothing ran is made up for until the next.
/// </summary>
internal sealed class MondayDigest(
    EmailDatabase db,
    DigestReader reader,
    SigningKeys keys,
    IOptions<EmailOptions> options,
    IOptions<Shop> shop,
    TimeProvider clock,
    ILogger<MondayDigest> log
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly TimeZoneInfo zone = LocalTimes.IsUnknown(shop.Value.TimeZone, TimeZoneInfo.Utc, out var known)
        ? TimeZoneInfo.Utc
        : known;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        options.Value.Digest.To.Length == 0
            ? Task.CompletedTask
            : Rounds.EveryAsync(
                Interval,
                db,
                SendAsync,
                e => log.LogError(e, "The weekly letter could not be made; trying again"),
                clock,
                stoppingToken
            );

    /// <returns>Whether a letter was due and is now in the queue.</returns>
    internal async Task<bool> SendAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var monday = MondayOf(TimeZoneInfo.ConvertTime(now, zone), options.Value.Digest.Hour);
        if (await db.QuerySingleAsync<bool>("select exists (select from digests where week = @Week)", new { Week = monday }, ct))
            return false;
        var to = LocalTimes.ToInstant(monday.ToDateTime(default), zone);
        var from = LocalTimes.ToInstant(monday.AddDays(-7).ToDateTime(default), zone);
        var (subject, html, text) = DigestLetter.Of(await reader.ReadAsync(monday.AddDays(-7), from, to, ct));
        var id = Guid.CreateVersion7(now);
        await using var work = await db.BeginAsync(ct);
        var isFirst =
            await work.ExecuteAsync(
                "insert into digests (week, mail_id, made_at) values (@Week, @Id, @Now) on conflict do nothing",
                new
                {
                    Week = monday,
                    Id = id,
                    Now = now,
                },
                ct
            ) > 0;
        if (!isFirst)
            return false;
        var address = options.Value.Digest.To;
        await SendMessage.AddAsync(
            work,
            id,
            AddressIds.Of(await keys.HashAddressAsync(address, ct)),
            address,
            new(address, null, null, null, MailPurpose.Transactional, new(null, subject, html, text), null),
            $"{id:N}@{MimeKit.MailboxAddress.Parse(options.Value.FromAddress).Domain}",
            [],
            now,
            ct
        );
        await work.CommitAsync(ct);
        return true;
    }

    /// <returns>The Monday whose letter is due: the last one whose hour has come.</returns>
    internal static DateOnly MondayOf(DateTimeOffset local, int hour)
    {
        var at = local.AddHours(-hour);
        var day = DateOnly.FromDateTime(at.DateTime);
        return day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
    }
}
