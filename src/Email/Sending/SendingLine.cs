using System.Collections.Concurrent;
using System.Threading.Channels;
using MarketingPlatform.Email.Templates;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Sending;

/// <summary>
/// Renders what may leave and hands it over, on as many connections as configured. Each step works ahead of the next by a few mails, so that
/// a connection never waits for a template.
/// </summary>
internal sealed class SendingLine(
    DeliverMail deliver,
    IServiceScopeFactory scopes,
    IOptions<EmailOptions> options,
    ILogger<SendingLine> log
)
{
    private const int MostReady = 500;

    // Claims of this sender that somebody works on: everything else that is claimed in its name has been left behind.
    private readonly ConcurrentDictionary<Guid, byte> underWork = new();

    private readonly Channel<ReadyMail> ready = Channel.CreateBounded<ReadyMail>(MostReady);
    private readonly Channel<RenderedMail> rendered = Channel.CreateBounded<RenderedMail>(2 * options.Value.Concurrency);

    public IReadOnlyCollection<Guid> UnderWork => [.. underWork.Keys];

    public bool IsIdle => underWork.IsEmpty;

    /// <summary>Somebody works on these claims from now on.</summary>
    public void Hold(IEnumerable<ClaimedMail> mails)
    {
        foreach (var mail in mails)
            underWork[mail.Id] = 0;
    }

    /// <summary>These do not leave.</summary>
    public void Release(IEnumerable<ClaimedMail> mails)
    {
        foreach (var mail in mails)
            underWork.TryRemove(mail.Id, out _);
    }

    /// <summary>Waits where too many are ready already.</summary>
    public ValueTask WriteAsync(ReadyMail mail, CancellationToken ct) => ready.Writer.WriteAsync(mail, ct);

    /// <summary>No more will be written.</summary>
    public void Complete() => ready.Writer.TryComplete();

    /// <summary>Returns when all is done that was written before <see cref="Complete"/>.</summary>
    /// <param name="ct">Nothing is begun any more once it is cancelled.</param>
    /// <param name="grace">What is being handed over is broken off once it is cancelled.</param>
    public async Task RunAsync(CancellationToken ct, CancellationToken grace)
    {
        var rendering = RenderAllAsync(ct);
        var connections = Enumerable.Range(0, options.Value.Concurrency).Select(_ => DeliverAllAsync(ct, grace)).ToArray();
        await rendering;
        await Task.WhenAll(connections);
    }

    private async Task RenderAllAsync(CancellationToken ct)
    {
        await Task.WhenAll(
            Enumerable
                .Range(0, options.Value.Concurrency)
                .Select(async _ =>
                {
                    await foreach (var mail in ready.Reader.ReadAllAsync(CancellationToken.None))
                        if (!ct.IsCancellationRequested)
                            await GuardAsync(mail.Mail, () => RenderAsync(mail, ct));
                })
        );
        rendered.Writer.Complete();
    }

    private async Task RenderAsync(ReadyMail mail, CancellationToken ct)
    {
        if (deliver.NoteDelivered(mail.Mail) is { } note)
        {
            Forget(mail.Mail, note);
            return;
        }
        await using var scope = scopes.CreateAsyncScope();
        try
        {
            await rendered.Writer.WriteAsync(await scope.ServiceProvider.GetRequiredService<RenderMail>().HandleAsync(mail, ct), ct);
        }
        catch (TemplateException e)
        {
            Forget(mail.Mail, deliver.NoteFailed(mail.Mail, e.Message));
        }
    }

    // One connection's work: a mail at a time. The note of the last one is on disk before the next is handed over.
    private async Task DeliverAllAsync(CancellationToken ct, CancellationToken grace)
    {
        await foreach (var mail in rendered.Reader.ReadAllAsync(CancellationToken.None))
            if (!ct.IsCancellationRequested)
                await GuardAsync(
                    mail.Ready.Mail,
                    async () =>
                    {
                        var note = await deliver.HandleAsync(mail, grace);
                        Forget(mail.Ready.Mail, note);
                        // With nothing to do the note is waited for, so that a stop does not overtake it.
                        if (!rendered.Reader.TryPeek(out _))
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
}
