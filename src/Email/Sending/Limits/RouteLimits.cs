using MarketingPlatform.Email.Sending.Transport;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Sending.Limits;

/// <summary>By which route a mail leaves now, or until when it waits.</summary>
/// <param name="IsFault">It waits because something is broken, so its age counts on.</param>
internal sealed record Assignment(MailRoute? Route, string? Reason, DateTimeOffset Until, bool IsFault);

/// <summary>
/// Gives each mail a route with room for it: limits of the route, pace and warm-up of the recipient's domain, throttle of the send. What
/// is let through is counted in the database, so the limits hold over restarts and over all instances together.
/// </summary>
internal sealed class RouteLimits(
    EmailDatabase db,
    MailRoutes routes,
    DomainBackoff backoff,
    IOptions<EmailOptions> options,
    TimeProvider clock
)
{
    private const string LockLimits = "select pg_advisory_xact_lock(7305820)";
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    // What was sent back to the queue for later, so that the next set is given later times still.
    private LimitBook planned = new([]);
    private DateTimeOffset plannedFrom;

    public async Task<IReadOnlyDictionary<Guid, Assignment>> AssignAsync(
        IReadOnlyList<(ClaimedMail Mail, string Domain)> mails,
        CancellationToken ct
    )
    {
        var now = clock.GetUtcNow();
        var throttles = await ThrottlesAsync(mails, ct);
        if (!IsLimited && throttles.Count == 0)
            return mails.ToDictionary(entry => entry.Mail.Id, entry => Unlimited(entry.Mail, entry.Domain, now));

        await using var work = await db.BeginAsync(ct);
        await work.ExecuteAsync(LockLimits, null, ct);
        var best = await BestDaysAsync(ct);
        var book = new LimitBook(await UsesAsync(db, now, ct));
        if (now - plannedFrom > TimeSpan.FromHours(1))
            (planned, plannedFrom) = (new([]), now);
        var taken = new List<(RollingLimit Limit, DateTimeOffset At)>();
        var result = new Dictionary<Guid, Assignment>();
        foreach (var (mail, domain) in mails)
        {
            RollingLimit[] ofSend =
                mail.SendId is { } send && throttles.TryGetValue(send, out var perMinute) ? [new($"send {send}", perMinute, Minute)] : [];
            var choices = routes
                .For(mail.Id)
                .Select(route => (Route: route, Limits: (RollingLimit[])[.. route.Limits, .. LimitsOf(route, domain, best), .. ofSend]))
                .ToArray();
            result[mail.Id] = Assign(mail, domain, choices, book, now, taken);
        }
        await work.ExecuteAsync(
            """
            insert into limit_usage (scope, bucket, used)
            select scope, bucket, count(*) from unnest(@Scopes::text[], @Buckets::timestamptz[]) as t (scope, bucket) group by scope, bucket
            on conflict (scope, bucket) do update set used = limit_usage.used + excluded.used;
            delete from limit_usage where bucket < @Forgotten
            """,
            new
            {
                Scopes = taken.Select(take => take.Limit.Key).ToArray(),
                Buckets = taken.Select(take => take.Limit.BucketOf(take.At)).ToArray(),
                Forgotten = now - WarmUp.Memory,
            },
            ct
        );
        await work.CommitAsync(ct);
        return result;
    }

    /// <summary>What every limit has let through, for forecasts.</summary>
    public static Task<IReadOnlyList<LimitUse>> UsesAsync(EmailDatabase db, DateTimeOffset now, CancellationToken ct) =>
        db.QueryAsync<LimitUse>(
            "select scope, bucket, used from limit_usage where bucket > @Since",
            new { Since = now - Day - Day / 6 },
            ct
        );

    private bool IsLimited =>
        options.Value.WarmUp.Enabled || options.Value.Domains.Count > 0 || routes.All.Any(route => route.Limits.Count > 0);

    private Assignment Unlimited(ClaimedMail mail, string domain, DateTimeOffset now)
    {
        var open = routes.For(mail.Id);
        var free = open.FirstOrDefault(route => backoff.RestsUntil(route.Name, domain) is null);
        return free is null ? Nowhere(open, domain, now) : new(free, null, now, false);
    }

    private Assignment Assign(
        ClaimedMail mail,
        string domain,
        (MailRoute Route, RollingLimit[] Limits)[] choices,
        LimitBook book,
        DateTimeOffset now,
        List<(RollingLimit, DateTimeOffset)> taken
    )
    {
        var open = choices.Where(choice => backoff.RestsUntil(choice.Route.Name, domain) is null).ToArray();
        if (open.Length == 0)
            return Nowhere([.. choices.Select(choice => choice.Route)], domain, now);
        foreach (var (route, limits) in open)
            if (limits.All(limit => book.RoomAt(limit, now) > 0))
            {
                book.Take(limits, now);
                taken.AddRange(limits.Select(limit => (limit, now)));
                return new(route, null, now, false);
            }
        var (_, of, at) = open.Select(choice =>
                (
                    choice.Route,
                    choice.Limits,
                    At: planned.FirstRoom(choice.Limits, book.FirstRoom(choice.Limits, now) ?? now + Day) ?? now + Day
                )
            )
            .MinBy(choice => choice.At);
        planned.Take(of, at);
        return new(null, "limit", at, false);
    }

    // Every route rests, or the domain does on each.
    private Assignment Nowhere(IReadOnlyList<MailRoute> open, string domain, DateTimeOffset now) =>
        open.Select(route => backoff.RestsUntil(route.Name, domain)).Where(until => until is not null).Min() is { } domainUntil
            ? new(null, "domain-defers", domainUntil, true)
            : new(null, "no-route", routes.AllRestUntil() ?? now.AddSeconds(2), true);

    private IEnumerable<RollingLimit> LimitsOf(MailRoute route, string domain, IReadOnlyDictionary<string, int> best)
    {
        var scope = $"{route.Name} to {domain}";
        if (options.Value.Domains.TryGetValue(domain, out var pace))
        {
            if (pace.PerMinute is { } perMinute)
                yield return new(scope, perMinute, Minute);
            if (pace.PerDay is { } perDay)
                yield return new("pace " + scope, perDay, Day);
        }
        var warm = new RollingLimit(scope, 0, Day);
        if (WarmUp.DailyLimit(best.GetValueOrDefault(warm.Key), options.Value.WarmUp) is { } daily)
            yield return warm with
            {
                Max = daily,
            };
        else if (options.Value.WarmUp.Enabled)
            // Counted on, so that a month of silence is noticed.
            yield return warm with
            {
                Max = int.MaxValue,
            };
    }

    private async Task<IReadOnlyDictionary<string, int>> BestDaysAsync(CancellationToken ct)
    {
        if (!options.Value.WarmUp.Enabled)
            return new Dictionary<string, int>();
        var rows = await db.QueryAsync<(string Scope, int Best)>(
            """
            select scope, max(used)::int from (
                select scope, sum(used) as used from limit_usage where scope like '% to % / 1.00:00:00' and scope not like 'pace %'
                    and bucket < date_trunc('day', @Now::timestamptz, 'UTC')
                group by scope, date_trunc('day', bucket, 'UTC')) as days
            group by scope
            """,
            new { Now = clock.GetUtcNow() },
            ct
        );
        return rows.ToDictionary(row => row.Scope, row => row.Best);
    }

    private async Task<IReadOnlyDictionary<Guid, int>> ThrottlesAsync(
        IReadOnlyList<(ClaimedMail Mail, string Domain)> mails,
        CancellationToken ct
    )
    {
        var sends = mails.Select(entry => entry.Mail.SendId).OfType<Guid>().Distinct().ToArray();
        if (sends.Length == 0)
            return new Dictionary<Guid, int>();
        var rows = await db.QueryAsync<(Guid Id, int PerMinute)>(
            "select id, per_minute from sends where id = any(@Sends) and per_minute is not null",
            new { Sends = sends },
            ct
        );
        return rows.ToDictionary(row => row.Id, row => row.PerMinute);
    }
}
