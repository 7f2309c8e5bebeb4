using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Email.Consent;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Sending.Limits;
using MarketingPlatform.Email.Sending.Timing;
using MarketingPlatform.Email.Sending.Transport;
using MarketingPlatform.Platform.Data;
using Microsoft.Extensions.Options;
using MimeKit;

namespace MarketingPlatform.Email.Sending;

/// <summary>A mail that may be rendered and leave now, and by which route.</summary>
internal sealed record ReadyMail(ClaimedMail Mail, Person Person, MailboxAddress To, MailRoute Route)
{
    /// <summary>What Recommendation said when it was asked for a whole set; null: it is asked for this mail alone.</summary>
    public RecommendationList? Recommended { get; init; }
}

/// <summary>
/// Decides for a whole set of claimed mails: may this person be mailed, is it the hour, has a route room. Reads what it needs for all of
/// them at once.
/// </summary>
internal sealed class MailChecks(
    EmailDatabase db,
    SigningKeys keys,
    RouteLimits limits,
    LedgerWriter writer,
    EmailTelemetry telemetry,
    IOptions<EmailOptions> options,
    IOptions<Shop> shop,
    TimeProvider clock
)
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(2);
    private readonly TimeZoneInfo shopZone = LocalTimes.IsUnknown(shop.Value.TimeZone, TimeZoneInfo.Utc, out var zone)
        ? TimeZoneInfo.Utc
        : zone;

    /// <returns>Those that may leave; what becomes of the others is written down.</returns>
    public async Task<IReadOnlyList<ReadyMail>> DecideAsync(IReadOnlyList<ClaimedMail> mails, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var people = await PeopleOfAsync(mails, now, ct);
        var earlier = await EarlierMailsAsync(mails, now, ct);
        List<Task> notes = [];
        List<(ClaimedMail Mail, Person Person, MailboxAddress To)> allowed = [];
        foreach (var mail in mails)
        {
            var person = people.GetValueOrDefault(mail.Id);
            var decision = SendDecision.Decide(person, mail.Purpose, mail.DueAt ?? mail.CreatedAt, options.Value, now);
            if (decision is SendDecision.Send)
                decision = SendDecision.DecideTiming(mail.Purpose, earlier[mail.CustomerId].ToArray(), ZoneOf(person), options.Value, now);
            if (decision is SendDecision.Send && RecipientOf(mail, person!) is { } to)
                allowed.Add((mail, person!, to));
            else
                notes.Add(writer.WriteAsync(OutcomeOf(mail, decision, now)));
        }
        var assigned = await limits.AssignAsync([.. allowed.Select(entry => (entry.Mail, DomainOf(entry.To)))], ct);
        List<ReadyMail> ready = [];
        foreach (var (mail, person, to) in allowed)
            if (assigned[mail.Id] is { Route: { } route })
                ready.Add(new(mail, person, to, route));
            else
                notes.Add(
                    writer.WriteAsync(
                        MailOutcome.Waiting(mail, assigned[mail.Id].Reason, assigned[mail.Id].Until, assigned[mail.Id].IsFault)
                    )
                );
        await Task.WhenAll(notes);
        return ready;
    }

    internal static string DomainOf(MailboxAddress to) => to.Domain.ToLowerInvariant();

    private static MailboxAddress? RecipientOf(ClaimedMail mail, Person person) =>
        mail.ToAddress is null
            ? MimeMail.Recipient(person.Address, person.FirstName, person.LastName)
            : MimeMail.Recipient(mail.ToAddress, mail.ToName ?? person.FirstName, mail.ToName is null ? person.LastName : null);

    private MailOutcome OutcomeOf(ClaimedMail mail, SendDecision decision, DateTimeOffset now)
    {
        switch (decision)
        {
            case SendDecision.Wait wait:
                return MailOutcome.Waiting(mail, wait.Reason, wait.Until ?? now + LookAgainAfter, isOldNews: wait.Until is null);
            case SendDecision.GiveUp giveUp:
                telemetry.Failed(mail.Automation);
                return MailOutcome.Failed(mail, giveUp.Reason);
            default:
                var reason = decision is SendDecision.Suppress suppress ? suppress.Reason : "bad-address";
                telemetry.Suppressed(mail.Automation, reason);
                return MailOutcome.Suppressed(mail, reason);
        }
    }

    private TimeZoneInfo ZoneOf(Person? person)
    {
        if (LocalTimes.IsUnknown(person?.TimeZone, shopZone, out var zone))
            telemetry.UnknownTimeZone();
        return zone;
    }

    // By mail: one to a given address goes there, whoever the person behind it is.
    private async Task<Dictionary<Guid, Person>> PeopleOfAsync(IReadOnlyList<ClaimedMail> mails, DateTimeOffset now, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(ct);
        var known = await People.ByIdAsync(work, [.. mails.Select(mail => mail.CustomerId).Distinct()], ct);
        var given = mails.Where(mail => mail.ToAddress is not null).ToArray();
        var hashes = new byte[given.Length][];
        for (var i = 0; i < given.Length; i++)
            hashes[i] = await keys.HashAddressAsync(given[i].ToAddress!, ct);
        var suppressed =
            given.Length == 0
                ? []
                : (
                    await work.QueryAsync<(byte[] Hash, string Reason, DateTime At)>(
                        "select address_hash, reason, at from suppressions where address_hash = any(@Hashes)",
                        new { Hashes = hashes },
                        ct
                    )
                ).ToDictionary(row => Convert.ToHexString(row.Hash));
        var people = new Dictionary<Guid, Person>(mails.Count);
        foreach (var mail in mails)
            if (mail.ToAddress is null && known.TryGetValue(mail.CustomerId, out var person))
                people[mail.Id] = person;
        for (var i = 0; i < given.Length; i++)
        {
            // The question of an address is asked in its owner's language: it waits a little for the profile that named the address.
            if (
                given[i].Automation == ConsentQuestion.Name
                && now - given[i].CreatedAt < options.Value.WaitForRecipient
                && known.GetValueOrDefault(given[i].CustomerId)?.Address != given[i].ToAddress
            )
                continue;
            var somebody =
                known.GetValueOrDefault(given[i].CustomerId) ?? new(given[i].CustomerId, null, null, null, null, null, null, null, null);
            var isSuppressed = suppressed.TryGetValue(Convert.ToHexString(hashes[i]), out var found);
            people[given[i].Id] = somebody with
            {
                Address = given[i].ToAddress,
                SuppressedFor = isSuppressed ? found.Reason : null,
                SuppressedAt = isSuppressed ? new DateTimeOffset(DateTime.SpecifyKind(found.At, DateTimeKind.Utc)) : null,
            };
        }
        return people;
    }

    // Of mails under way at the same time the one with the smaller id counts for the other, so two never excuse each other.
    private async Task<ILookup<Guid, EarlierMail>> EarlierMailsAsync(
        IReadOnlyList<ClaimedMail> mails,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        if (options.Value.Caps.Count == 0)
            return Enumerable.Empty<EarlierMail>().ToLookup(mail => mail.PersonId);
        var rows = await db.QueryAsync<EarlierMail>(
            """
            select asked.customer_id as person_id, m.purpose, coalesce(m.sent_at, m.claimed_at) as at
            from unnest(@Ids::uuid[], @Customers::uuid[]) as asked (id, customer_id)
            left join recipients me on me.customer_id = asked.customer_id
            left join recipients same on same.canonical_id = me.canonical_id
            join mails m on m.customer_id = coalesce(same.customer_id, asked.customer_id) and m.id <> asked.id
            where (m.status in ('sent', 'ambiguous') and coalesce(m.sent_at, m.claimed_at) > @Since)
                or (m.status = 'claimed' and m.id < asked.id)
            """,
            new
            {
                Ids = mails.Select(mail => mail.Id).ToArray(),
                Customers = mails.Select(mail => mail.CustomerId).ToArray(),
                Since = now - options.Value.Caps.Max(cap => cap.Window),
            },
            ct
        );
        return rows.ToLookup(mail => mail.PersonId);
    }
}
