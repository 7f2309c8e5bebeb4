using System.Threading.Channels;
using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Platform.Data;
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

    /// <returns>Completes when it is on disk, or, as <see cref="MayLeave.ClaimLost"/>, when there was nothing to write it to.</returns>
    public Task<MayLeave> WriteAsync(MailOutcome outcome) => AddAsync(new Step(outcome, null));

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
        var (written, answers) = await WriteStepsAsync(work, outcomes, mails, now, ct);
        var sent = outcomes.Where(outcome => outcome.Status == "sent" && written.Contains(outcome.Mail.Id)).ToArray();
        // An event a group: one for each mail would cost the database more than the ledger. It belongs to the first mail's trace.
        if (sent.Length > 0)
            work.Publish(
                new EmailsSent([.. sent.Select(o => new SentEmail(o.Mail.Id, o.Mail.CustomerId, o.Mail.Automation, o.Subject ?? "", now))]),
                sent[0].TraceParent
            );
        foreach (var outcome in outcomes.Where(outcome => outcome.Bounced is not null && written.Contains(outcome.Mail.Id)))
            await SuppressAsync(work, outcome.Bounced!, outcome.Evidence, now, ct);
        await work.CommitAsync(ct);
        foreach (var step in group)
            step.Done.TrySetResult(
                step.HandOver is { } handOver ? answers[handOver.Mail.Id]
                : written.Contains(step.Outcome!.Mail.Id) ? MayLeave.Yes
                : MayLeave.ClaimLost
            );
    }

    // One round to the database: outcomes, hand-overs, and the last look at the persons whose mails are next. Consent withdrawn while the
    // mail was rendered counts: its hand-over is taken back before anybody sees it.
    private async Task<(HashSet<Guid> Written, Dictionary<Guid, MayLeave> Answers)> WriteStepsAsync(
        UnitOfWork work,
        MailOutcome[] outcomes,
        HandOver[] mails,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        HashSet<Guid> written = new(outcomes.Length);
        var answers = mails.ToDictionary(m => m.Mail.Id, _ => MayLeave.ClaimLost);
        IReadOnlyDictionary<Guid, Person> people = new Dictionary<Guid, Person>();
        await using (var batch = LedgerSteps.Of(work.Connection, presence.Owner, outcomes, mails, now))
        {
            // Planned once for each connection: planning costs more than the few rows of a group.
            await batch.PrepareAsync(ct);
            await using var reader = await batch.ExecuteReaderAsync(ct);
            if (outcomes.Length > 0)
            {
                while (await reader.ReadAsync(ct))
                    written.Add(reader.GetGuid(0));
                await reader.NextResultAsync(ct);
            }
            if (mails.Length > 0)
            {
                while (await reader.ReadAsync(ct))
                    answers[reader.GetGuid(0)] = reader.GetBoolean(1) ? MayLeave.Yes : MayLeave.SendHeld;
                await reader.NextResultAsync(ct);
                people = await People.ReadByIdAsync(reader, ct);
            }
        }
        var forbidden = mails
            .Where(m => answers[m.Mail.Id] == MayLeave.Yes && IsForbidden(m.Mail, people))
            .Select(m => m.Mail.Id)
            .ToArray();
        if (forbidden.Length > 0)
            await work.ExecuteAsync("update mails set handed_over_at = null where id = any(@Ids)", new { Ids = forbidden }, ct);
        foreach (var id in forbidden)
            answers[id] = MayLeave.Forbidden;
        return (written, answers);
    }

    private static bool IsForbidden(ClaimedMail mail, IReadOnlyDictionary<Guid, Person> people) =>
        WhyNot(mail, people.GetValueOrDefault(mail.CustomerId)) is not null;

    // Marketing to a given address needs the word of the person whose address it is; a receipt goes there whoever that is.
    private static string? WhyNot(ClaimedMail mail, Person? person) =>
        mail.ToAddress is null ? MailPermission.WhyNot(person, mail.Purpose)
        : mail.Purpose == MailPurpose.Transactional ? null
        : person is null ? MailPermission.NoConsent
        : MailPermission.WhyNot(
            string.Equals(person.Address, mail.ToAddress, StringComparison.OrdinalIgnoreCase)
                ? person
                : person with
                {
                    Address = mail.ToAddress,
                    SuppressedFor = null,
                }
        );

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

    private sealed record Step(MailOutcome? Outcome, HandOver? HandOver)
    {
        public TaskCompletionSource<MayLeave> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
