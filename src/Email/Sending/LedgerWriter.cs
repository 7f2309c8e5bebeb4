using System.Text.Json;
using System.Threading.Channels;
using Dapper;
using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using Npgsql;

namespace MarketingPlatform.Email.Sending;

/// <summary>A mail that is about to leave our hands.</summary>
internal sealed record HandOver(
    ClaimedMail Mail,
    string Address,
    string Domain,
    string Subject,
    string Route,
    IReadOnlyList<MailProduct> Products
);

/// <summary>Whether a mail may leave, at the last moment.</summary>
internal enum MayLeave
{
    Yes,

    /// <summary>Somebody else has the claim now.</summary>
    ClaimLost,

    /// <summary>Its send was paused or cancelled.</summary>
    SendHeld,

    /// <summary>The person said no meanwhile.</summary>
    Forbidden,
}

/// <summary>
/// Writes to the ledger for all connections together: what arrives while one transaction commits goes into the next. Steps are written in
/// the order in which they are asked for, so a connection that asks for its next hand-over has its last outcome on disk when the answer
/// comes: at most one mail a connection is ever handed over and unconfirmed.
/// </summary>
internal sealed class LedgerWriter(
    EmailDatabase db,
    SenderPresence presence,
    SigningKeys keys,
    TimeProvider clock,
    ILogger<LedgerWriter> log
)
{
    private const int MaxSteps = 256;
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(500);

    private readonly Channel<Step> steps = Channel.CreateUnbounded<Step>(new() { SingleReader = true });

    /// <returns>Completes when it is on disk.</returns>
    public Task WriteAsync(MailOutcome outcome) => AddAsync(new Step(outcome, null));

    /// <summary>Writes down what is about to leave.</summary>
    public Task<MayLeave> HandOverAsync(HandOver handOver) => AddAsync(new Step(null, handOver));

    /// <summary>Works until cancelled. A database that is away is waited for: outcomes are not forgotten meanwhile.</summary>
    /// <param name="onQueued">Called when mails went back to the queue, perhaps to be sent soon.</param>
    public async Task RunAsync(Action onQueued, CancellationToken ct)
    {
        List<Step> group = [];
        try
        {
            while (await steps.Reader.WaitToReadAsync(ct))
            {
                while (group.Count < MaxSteps && steps.Reader.TryRead(out var step))
                    group.Add(step);
                await WriteAsync(group, ct);
                if (group.Exists(step => step.Outcome is { Status: "queued" }))
                    onQueued();
                group.Clear();
            }
        }
        finally
        {
            steps.Writer.TryComplete();
            while (steps.Reader.TryRead(out var step))
                group.Add(step);
            foreach (var step in group)
                step.Done.TrySetCanceled(CancellationToken.None);
        }
    }

    private Task<MayLeave> AddAsync(Step step)
    {
        if (!steps.Writer.TryWrite(step))
            step.Done.TrySetCanceled();
        return step.Done.Task;
    }

    private async Task WriteAsync(IReadOnlyList<Step> group, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await WriteOnceAsync(group, ct);
                return;
            }
            catch (PostgresException e) when (!e.IsTransient && group.Count > 1)
            {
                // One that cannot be written must not hold up the others.
                foreach (var step in group)
                    await WriteAsync([step], ct);
                return;
            }
            catch (PostgresException e) when (!e.IsTransient && !e.SqlState.StartsWith("57", StringComparison.Ordinal))
            {
                group[0].Done.TrySetException(e);
                return;
            }
            catch (Exception e) when (e is NpgsqlException or DatabaseNotReadyException or IOException or TimeoutException)
            {
                log.LogWarning("The ledger cannot be written ({Cause}); trying again", e.Message);
                await Task.Delay(PauseAfterFailure, clock, ct);
            }
        }
    }

    private async Task WriteOnceAsync(IReadOnlyList<Step> group, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        MailOutcome[] outcomes = [.. group.Select(step => step.Outcome).OfType<MailOutcome>()];
        HandOver[] mails = [.. group.Select(step => step.HandOver).OfType<HandOver>()];
        await using var work = await db.BeginAsync(ct);
        var (written, people) = await WriteOutcomesAsync(work, outcomes, mails, now, ct);
        foreach (var outcome in outcomes.Where(outcome => written.Contains(outcome.Mail.Id)))
        {
            if (outcome is { Status: "sent", Mail: var mail })
                work.Publish(new EmailSent(mail.Id, mail.CustomerId, mail.Automation, outcome.Subject ?? "", now), outcome.TraceParent);
            if (outcome.Bounced is { } address)
                await SuppressAsync(work, address, outcome.Evidence, now, ct);
        }
        var answers = await HandOverAsync(work, mails, people, now, ct);
        await work.CommitAsync(ct);
        foreach (var step in group)
            step.Done.TrySetResult(step.HandOver is { } handOver ? answers[handOver.Mail.Id] : MayLeave.Yes);
    }

    // One round to the database writes the outcomes and takes the last look at those who are next: consent withdrawn while the mail was
    // rendered counts.
    private async Task<(HashSet<Guid> Written, IReadOnlyDictionary<Guid, Person> People)> WriteOutcomesAsync(
        UnitOfWork work,
        MailOutcome[] outcomes,
        HandOver[] mails,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        await using var results = await work.Connection.QueryMultipleAsync(
            new CommandDefinition(
                OutcomesAndPeopleSql,
                new
                {
                    presence.Owner,
                    Now = now,
                    Ids = outcomes.Select(o => o.Mail.Id).ToArray(),
                    Statuses = outcomes.Select(o => o.Status).ToArray(),
                    Reasons = outcomes.Select(o => o.Reason).ToArray(),
                    Locations = outcomes.Select(o => o.Location).ToArray(),
                    Routes = outcomes.Select(o => o.Route).ToArray(),
                    Attempts = outcomes.Select(o => o.Attempts).ToArray(),
                    Next = outcomes.Select(o => o.NextAttemptAt?.ToUniversalTime()).ToArray(),
                    Due = outcomes.Select(o => o.DueAt?.ToUniversalTime()).ToArray(),
                    Bounced = outcomes.Select(o => o.Bounced is not null).ToArray(),
                    People = mails.Where(m => m.Mail.ToAddress is null).Select(m => m.Mail.CustomerId).ToArray(),
                },
                cancellationToken: ct
            )
        );
        return ((await results.ReadAsync<Guid>()).ToHashSet(), await People.ReadByIdAsync(results));
    }

    private async Task SuppressAsync(UnitOfWork work, string address, string? evidence, DateTimeOffset now, CancellationToken ct) =>
        await work.ExecuteAsync(
            """
            insert into suppressions (address_hash, reason, at, evidence) values (@Hash, @Reason, @Now, @Evidence)
            on conflict (address_hash) do update set reason = excluded.reason, at = excluded.at, evidence = excluded.evidence
            where suppressions.reason = 'unsubscribed'
            """,
            new
            {
                Hash = await keys.HashAddressAsync(address, ct),
                Reason = MailPermission.Bounced,
                Now = now,
                Evidence = evidence,
            },
            ct
        );

    private static readonly Dictionary<Guid, MayLeave> Nobody = [];

    private async Task<Dictionary<Guid, MayLeave>> HandOverAsync(
        UnitOfWork work,
        IReadOnlyList<HandOver> mails,
        IReadOnlyDictionary<Guid, Person> people,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        if (mails.Count == 0)
            return Nobody;
        var answers = mails.ToDictionary(
            m => m.Mail.Id,
            m =>
                m.Mail.ToAddress is null && MailPermission.WhyNot(people.GetValueOrDefault(m.Mail.CustomerId), m.Mail.Purpose) is not null
                    ? MayLeave.Forbidden
                    : MayLeave.ClaimLost
        );
        var allowed = mails.Where(m => answers[m.Mail.Id] == MayLeave.ClaimLost).ToArray();
        var seen = await work.QueryAsync<(Guid Id, bool Leaves)>(
            HandOverSql,
            new
            {
                presence.Owner,
                Now = now,
                Ids = allowed.Select(m => m.Mail.Id).ToArray(),
                Addresses = allowed.Select(m => m.Address).ToArray(),
                Domains = allowed.Select(m => m.Domain).ToArray(),
                Subjects = allowed.Select(m => m.Subject).ToArray(),
                Routes = allowed.Select(m => m.Route).ToArray(),
                Products = allowed.Select(m => m.Products.Count == 0 ? "[]" : JsonSerializer.Serialize(m.Products, Json.Options)).ToArray(),
            },
            ct
        );
        foreach (var (id, leaves) in seen)
            answers[id] = leaves ? MayLeave.Yes : MayLeave.SendHeld;
        return answers;
    }

    // A claim that another sender took for an orphan's is ambiguous there; who knows better may say so.
    private const string OutcomesSql = """
        update mails m set
            status = case when o.status = 'queued' and s.status = 'cancelled' then 'suppressed' else o.status end::mail_status,
            reason = case when o.status = 'queued' and s.status = 'cancelled' then 'cancelled' else o.reason end,
            location = coalesce(o.location, m.location),
            route = coalesce(o.route, m.route),
            attempts = coalesce(o.attempts, m.attempts),
            next_attempt_at = coalesce(o.next, m.next_attempt_at),
            due_at = coalesce(o.due, m.due_at),
            sent_at = case when o.status = 'sent' then @Now else m.sent_at end,
            handed_over_at = case when o.status = 'queued' then null else m.handed_over_at end,
            claimed_by = case when o.status = 'queued' then null else m.claimed_by end,
            bounced_at = case when o.bounced then @Now else m.bounced_at end,
            ambiguous_count = m.ambiguous_count + case when o.status = 'ambiguous' then 1 else 0 end,
            ambiguous_at = case when o.status = 'ambiguous' then @Now else m.ambiguous_at end,
            resolution = case when o.status = 'ambiguous' then null else m.resolution end
        from unnest(@Ids::uuid[], @Statuses::text[], @Reasons::text[], @Locations::text[], @Routes::text[], @Attempts::int[],
                @Next::timestamptz[], @Due::timestamptz[], @Bounced::boolean[])
            as o (id, status, reason, location, route, attempts, next, due, bounced)
        left join mails known on known.id = o.id
        left join sends s on s.id = known.send_id
        where m.id = o.id and m.status in ('claimed', 'ambiguous') and m.claimed_by = @Owner
        returning m.id
        """;

    // A held send's row comes back unchanged: its mail does not leave.
    private const string HandOverSql = """
        update mails m set
            handed_over_at = case when h.leaves then @Now end,
            address = h.address, domain = h.domain, subject = h.subject, route = h.route, products = h.products::jsonb
        from (
            select given.*, s.id is null or s.status = 'sending' as leaves
            from unnest(@Ids::uuid[], @Addresses::text[], @Domains::text[], @Subjects::text[], @Routes::text[], @Products::text[])
                as given (id, address, domain, subject, route, products)
            join mails known on known.id = given.id
            left join sends s on s.id = known.send_id
        ) as h
        where m.id = h.id and m.status = 'claimed' and m.claimed_by = @Owner
        returning m.id, h.leaves
        """;

    private static readonly string OutcomesAndPeopleSql =
        OutcomesSql + ";\n" + People.ByIdSql.Replace("@Ids", "@People", StringComparison.Ordinal);

    private sealed record Step(MailOutcome? Outcome, HandOver? HandOver)
    {
        public TaskCompletionSource<MayLeave> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
