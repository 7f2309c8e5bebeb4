using System.Collections.Concurrent;
using System.Threading.Channels;
using MarketingPlatform.Email.Deliverability;
using MarketingPlatform.Email.Sending.Transport;
using MarketingPlatform.Email.Templates;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Sending;

/// <summary>
/// Works through the ledger: woken by each commit that adds a mail, by the clock when one is due again, and by a slow timer. Claims sets,
/// decides for each set, and lets as many connections as configured work on what may leave.
/// </summary>
internal sealed class MailSender(
    EmailDatabase db,
    SenderPresence presence,
    MailLedger ledger,
    LedgerWriter writer,
    MailChecks checks,
    DeliverMail deliver,
    MailRoutes routes,
    SendGuard guard,
    IServiceScopeFactory scopes,
    EmailTelemetry telemetry,
    IOptions<EmailOptions> options,
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

    // Claims of this sender that somebody works on: everything else that is claimed in its name has been left behind.
    private readonly ConcurrentDictionary<Guid, byte> underWork = new();

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
        // Each step works ahead of the next by a few mails, so that a connection never waits for a template.
        var ready = Channel.CreateBounded<ReadyMail>(SetSize);
        var rendered = Channel.CreateBounded<RenderedMail>(2 * options.Value.Concurrency);
        var rendering = RenderAllAsync(ready.Reader, rendered.Writer, stoppingToken);
        var connections = Enumerable
            .Range(0, options.Value.Concurrency)
            .Select(_ => DeliverAllAsync(rendered.Reader, stoppingToken, grace.Token))
            .ToArray();
        try
        {
            await ClaimAllAsync(ready.Writer, stoppingToken);
        }
        finally
        {
            ready.Writer.TryComplete();
            // What is handed over is worth the last moment: then nobody has to wonder whether it left.
            await rendering;
            await Task.WhenAll(connections);
            await writing.CancelAsync();
            await Task.WhenAll(Quietly(written), Quietly(present), Quietly(warmUp), Quietly(guarding));
        }
    }

    private async Task ClaimAllAsync(ChannelWriter<ReadyMail> ready, CancellationToken ct)
    {
        var busy = false;
        DateTimeOffset nextLook = default;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (routes.AllRestUntil() is { } until)
                {
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
                    await DecideAsync(mails, ready, ct);
                else
                    await WaitAsync(ct);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "Sending paused");
                await Task.Delay(PauseAfterFailure, clock, ct);
            }
        }
    }

    private async Task RecoverAsync(CancellationToken ct)
    {
        var ambiguous = await ledger.RecoverAsync(routes.IsIdempotent, [.. underWork.Keys], ct);
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
            if (underWork.IsEmpty)
                continue;
            try
            {
                await guard.CheckAsync(ct);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogWarning("Sends cannot be looked after ({Cause}); trying again", e.Message);
            }
        }
    }

    private async Task DecideAsync(IReadOnlyList<ClaimedMail> mails, ChannelWriter<ReadyMail> ready, CancellationToken ct)
    {
        foreach (var mail in mails)
            underWork[mail.Id] = 0;
        HashSet<Guid> leaving = [];
        try
        {
            foreach (var mail in await RecommendAsync(await checks.DecideAsync(mails, ct), ct))
            {
                leaving.Add(mail.Mail.Id);
                await ready.WriteAsync(mail, ct);
            }
        }
        finally
        {
            foreach (var mail in mails.Where(mail => !leaving.Contains(mail.Id)))
                underWork.TryRemove(mail.Id, out _);
        }
    }

    private async Task<IReadOnlyList<ReadyMail>> RecommendAsync(IReadOnlyList<ReadyMail> mails, CancellationToken ct)
    {
        if (mails.Count < 2)
            return mails;
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<RecommendToSet>().HandleAsync(mails, ct);
    }

    private async Task RenderAllAsync(ChannelReader<ReadyMail> ready, ChannelWriter<RenderedMail> rendered, CancellationToken ct)
    {
        await Task.WhenAll(
            Enumerable
                .Range(0, options.Value.Concurrency)
                .Select(async _ =>
                {
                    await foreach (var mail in ready.ReadAllAsync(CancellationToken.None))
                        if (!ct.IsCancellationRequested)
                            await GuardAsync(mail.Mail, () => RenderAsync(mail, rendered, ct));
                })
        );
        rendered.Complete();
    }

    private async Task RenderAsync(ReadyMail mail, ChannelWriter<RenderedMail> rendered, CancellationToken ct)
    {
        if (deliver.NoteDelivered(mail.Mail) is { } note)
        {
            Forget(mail.Mail, note);
            return;
        }
        await using var scope = scopes.CreateAsyncScope();
        try
        {
            await rendered.WriteAsync(await scope.ServiceProvider.GetRequiredService<RenderMail>().HandleAsync(mail, ct), ct);
        }
        catch (TemplateException e)
        {
            Forget(mail.Mail, deliver.NoteFailed(mail.Mail, e.Message));
        }
    }

    // One connection's work: a mail at a time. The note of the last one is on disk before the next is handed over.
    private async Task DeliverAllAsync(ChannelReader<RenderedMail> rendered, CancellationToken ct, CancellationToken grace)
    {
        await foreach (var mail in rendered.ReadAllAsync(CancellationToken.None))
            if (!ct.IsCancellationRequested)
                await GuardAsync(
                    mail.Ready.Mail,
                    async () =>
                    {
                        var note = await deliver.HandleAsync(mail, grace);
                        Forget(mail.Ready.Mail, note);
                        // With nothing to do the note is waited for, so that a stop does not overtake it.
                        if (!rendered.TryPeek(out _))
                            await note;
                    }
                );
    }

    private async Task GuardAsync(ClaimedMail mail, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e)
        {
            // Its claim stays, and the next round treats it like any claim without an end.
            underWork.TryRemove(mail.Id, out _);
            if (e is not OperationCanceledException)
                log.LogError(e, "Mail {Id} ({Automation}) met an unexpected failure", mail.Id, mail.Automation);
        }
    }

    private void Forget(ClaimedMail mail, Task note)
    {
        if (note.IsCompleted)
            underWork.TryRemove(mail.Id, out _);
        else
            _ = note.ContinueWith(
                _ => underWork.TryRemove(mail.Id, out byte _),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );
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
