using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Sending;

/// <summary>
/// Works through the ledger: woken by each commit that adds a mail, by the clock when one is due again, and by a slow timer.
/// </summary>
internal sealed class MailSender(
    EmailDatabase db,
    SenderPresence presence,
    MailLedger ledger,
    IMailTransport transport,
    IServiceScopeFactory scopes,
    EmailTelemetry telemetry,
    IOptions<EmailOptions> options,
    TimeProvider clock,
    ILogger<MailSender> log
) : BackgroundService
{
    private const int BatchSize = 50;
    private static readonly TimeSpan SlowTimer = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2.5);

    private readonly SemaphoreSlim wake = new(0, 1);

    private bool MayRepeat => transport.IsIdempotent || options.Value.AmbiguousPolicy == AmbiguousPolicy.Resend;

    public override void Dispose()
    {
        wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await db.WhenReadyAsync(stoppingToken);
        var presenceLost = presence.RunAsync(Wake, stoppingToken);
        await presence.WhenPresentAsync(stoppingToken);
        var warmUp = WarmUpAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var ambiguous = await ledger.RecoverAsync(MayRepeat, stoppingToken);
                if (ambiguous > 0)
                    Report(ambiguous);
                var mails = await ledger.ClaimAsync(BatchSize, stoppingToken);
                if (mails.Count > 0)
                    await SendAsync(mails, stoppingToken);
                else
                    await WaitAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "Sending paused");
                await Task.Delay(PauseAfterFailure, clock, stoppingToken);
            }
        }
        await Task.WhenAll(presenceLost, warmUp);
    }

    private async Task SendAsync(IReadOnlyList<ClaimedMail> mails, CancellationToken stoppingToken)
    {
        using var grace = new CancellationTokenSource();
        await using var stopping = stoppingToken.Register(() => grace.CancelAfter(Grace));
        await Parallel.ForEachAsync(
            mails,
            new ParallelOptions { MaxDegreeOfParallelism = options.Value.Concurrency, CancellationToken = stoppingToken },
            async (mail, ct) =>
            {
                try
                {
                    await using var scope = scopes.CreateAsyncScope();
                    await scope.ServiceProvider.GetRequiredService<SendMail>().HandleAsync(mail, ct, grace.Token);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    // Its claim stays, and the next round treats it like any claim without an end.
                    log.LogError(e, "Mail {Id} ({Automation}) met an unexpected failure", mail.Id, mail.Automation);
                }
            }
        );
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        var due = await ledger.NextDueAsync(ct) - clock.GetUtcNow() ?? SlowTimer;
        var pause = TimeSpan.FromMilliseconds(Math.Clamp(due.TotalMilliseconds, 10, SlowTimer.TotalMilliseconds));
        using var timer = new CancellationTokenSource(pause, clock);
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

    private async Task WarmUpAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<RecommendationClient>().WarmUpAsync(ct);
    }

    private void Report(int ambiguous)
    {
        telemetry.Ambiguous(ambiguous);
        log.LogWarning(
            "{Count} mails may or may not have left when a sender stopped: GET /api/v1/messages?status=ambiguous lists them",
            ambiguous
        );
    }

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
