using MarketingPlatform.Email.Deliverability;
using MarketingPlatform.Email.Sending.Transport;

namespace MarketingPlatform.Email.Sending;

/// <summary>
/// Works through the ledger: woken by each commit that adds a mail, by the clock when one is due again, and by a slow timer. Claims sets,
/// decides for each set, and gives what may leave to the <see cref="SendingLine"/>.
/// </summary>
internal sealed class MailSender(
    EmailDatabase db,
    SenderPresence presence,
    MailLedger ledger,
    LedgerWriter writer,
    MailChecks checks,
    SendingLine line,
    MailRoutes routes,
    SendGuard guard,
    IServiceScopeFactory scopes,
    EmailTelemetry telemetry,
    TimeProvider clock,
    ILogger<MailSender> log
) : BackgroundService
{
    private const int SetSize = 500;
    private static readonly TimeSpan LookPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SlowTimer = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim wake = new(0, 1);

    public override void Dispose()
    {
        wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await db.WhenReadyAsync(stoppingToken);
        var present = presence.RunAsync(Wake, stoppingToken);
        await presence.WhenPresentAsync(stoppingToken);
        using var grace = new CancellationTokenSource();
        await using var stopping = stoppingToken.Register(() => grace.CancelAfter(Grace));
        using var writing = new CancellationTokenSource();
        var written = writer.RunAsync(Wake, writing.Token);
        var warmUp = WarmUpAsync(stoppingToken);
        var guarding = GuardSendsAsync(stoppingToken);
        var leaving = line.RunAsync(stoppingToken, grace.Token);
        try
        {
            await ClaimAllAsync(stoppingToken);
        }
        finally
        {
            line.Complete();
            // What is handed over is worth the last moment: then nobody has to wonder whether it left.
            await leaving;
            await writing.CancelAsync();
            await Task.WhenAll(Quietly(written), Quietly(present), Quietly(warmUp), Quietly(guarding));
        }
    }

    private async Task ClaimAllAsync(CancellationToken ct)
    {
        var busy = false;
        DateTimeOffset nextLook = default;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (routes.AllRestUntil() is { } until)
                {
                    // Every server has asked to be left alone until then: no mail that comes in changes that.
                    await Task.Delay(Clamp(until - clock.GetUtcNow()), clock, ct);
                    continue;
                }
                // While there is work, what was left behind is looked for once a second: a look costs as much as a set of mails.
                if (!busy || clock.GetUtcNow() >= nextLook)
                {
                    nextLook = clock.GetUtcNow() + LookPause;
                    await RecoverAsync(ct);
                }
                var mails = await ledger.ClaimAsync(SetSize, ct);
                busy = mails.Count > 0;
                if (mails.Count > 0)
                    await DecideAsync(mails, ct);
                else
                    await WaitAsync(ct);
            }
            catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                log.LogError(e, "Sending paused");
                await Task.Delay(PauseAfterFailure, clock, ct);
            }
        }
    }

    private async Task RecoverAsync(CancellationToken ct)
    {
        var ambiguous = await ledger.RecoverAsync(routes.IsIdempotent, line.UnderWork, ct);
        if (ambiguous > 0)
        {
            telemetry.Ambiguous(ambiguous);
            log.LogWarning(
                "{Count} mails may or may not have left when a sender stopped: GET /api/v1/messages?status=ambiguous lists them",
                ambiguous
            );
        }
        if (await ledger.ResolveAsync(ct) is > 0 and var resent)
            log.LogWarning("{Count} mails that may have left already are sent again, as the policy says", resent);
    }

    // Beside the claims: those wait while the mails of a set leave, and a bad list must be stopped just then.
    private async Task GuardSendsAsync(CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(LookPause, clock, ct);
            if (line.IsIdle)
                continue;
            try
            {
                await guard.CheckAsync(ct);
            }
            catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                log.LogWarning("Sends cannot be looked after ({Cause}); trying again", e.Message);
            }
        }
    }

    private async Task DecideAsync(IReadOnlyList<ClaimedMail> mails, CancellationToken ct)
    {
        line.Hold(mails);
        HashSet<Guid> leaving = [];
        try
        {
            foreach (var mail in await RecommendAsync(await checks.DecideAsync(mails, ct), ct))
            {
                leaving.Add(mail.Mail.Id);
                await line.WriteAsync(mail, ct);
            }
        }
        finally
        {
            line.Release(mails.Where(mail => !leaving.Contains(mail.Id)));
        }
    }

    private async Task<IReadOnlyList<ReadyMail>> RecommendAsync(IReadOnlyList<ReadyMail> mails, CancellationToken ct)
    {
        if (mails.Count < 2)
            return mails;
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<RecommendToSet>().HandleAsync(mails, ct);
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        await ledger.FinishSendsAsync(ct);
        var due = await ledger.NextDueAsync(ct) - clock.GetUtcNow() ?? SlowTimer;
        using var timer = new CancellationTokenSource(Clamp(due), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        try
        {
            await wake.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Time to look.
        }
    }

    private static TimeSpan Clamp(TimeSpan pause) =>
        TimeSpan.FromMilliseconds(Math.Clamp(pause.TotalMilliseconds, 10, SlowTimer.TotalMilliseconds));

    private async Task WarmUpAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<RecommendationClient>().WarmUpAsync(ct);
    }

    private static Task Quietly(Task task) => task.ContinueWith(_ => { }, TaskScheduler.Default);

    private void Wake()
    {
        if (wake.CurrentCount == 0)
            TryRelease();
    }

    private void TryRelease()
    {
        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else woke it just now.
        }
    }
}
