using System.Net;
using System.Threading.Channels;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Chatbot.SignIn;

/// <summary>
/// Looks up whose address it is and has Email send the code: after the answer, so that neither its words nor its time tell whether the address is
/// known. A code lives in memory until it is sent; a process that dies before leaves a visitor who asks for another.
/// </summary>
internal sealed class CodeSender(ChatbotDatabase database, IServiceScopeFactory scopes, TimeProvider clock, ILogger<CodeSender> log)
    : BackgroundService
{
    private const int MaxWaiting = 1_000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Channel<NewCode> waiting = Channel.CreateBounded<NewCode>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    /// <summary>Call it once the code's row is committed.</summary>
    public void Send(NewCode code) => waiting.Writer.TryWrite(code);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Parallel.ForEachAsync(
            waiting.Reader.ReadAllAsync(stoppingToken),
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = stoppingToken },
            async (code, ct) => await TrySendAsync(code, ct)
        );

    private async Task TrySendAsync(NewCode code, CancellationToken ct)
    {
        while (clock.GetUtcNow() < code.ExpiresAt)
        {
            try
            {
                await SendAsync(code, ct);
                return;
            }
            catch (Exception e)
                when (e is HttpRequestException or TaskCanceledException or Polly.ExecutionRejectedException && !ct.IsCancellationRequested)
            {
                log.LogWarning("A sign-in code could not be sent yet: {Reason}", e.Message);
                await Task.Delay(Pause, clock, ct);
            }
        }
    }

    private async Task SendAsync(NewCode code, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        if (await scope.ServiceProvider.GetRequiredService<CustomerLookup>().ByEmailAsync(code.Address, ct) is not { } customer)
            return;
        // The customer first: a code that arrives must work.
        var kept = await database.ExecuteAsync(
            "update sign_in_codes set customer_id = @customer where id = @Id and not is_erased(@customer)",
            new { customer, code.Id },
            ct
        );
        if (kept == 0)
            return;
        await scope.ServiceProvider.GetRequiredService<MailClient>().SendAsync(code.Id, code.Address, code.Subject, code.Text, ct);
    }
}

/// <summary>Has Email send one transactional mail.</summary>
internal sealed class MailClient(HttpClient http)
{
    /// <param name="id">The same for the same mail: repeating a call sends it once.</param>
    /// <exception cref="HttpRequestException">Email does not answer or does not take it.</exception>
    public async Task SendAsync(Guid id, string to, string subject, string text, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Routes.Messages)
        {
            Content = JsonContent.Create(new { to, content = new { subject, text } }, options: Json.Options),
        };
        request.Headers.Add("Idempotency-Key", $"chatbot-{id:N}");
        using var answer = await http.SendAsync(request, ct);
        if (answer.StatusCode == HttpStatusCode.BadRequest)
            throw new HttpRequestException(
                "Email refused the mail: " + await answer.Content.ReadAsStringAsync(ct),
                null,
                answer.StatusCode
            );
        answer.EnsureSuccessStatusCode();
    }
}
