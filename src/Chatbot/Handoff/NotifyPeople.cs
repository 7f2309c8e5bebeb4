using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MarketingPlatform.Chatbot.SignIn;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Chatbot.Handoff;

/// <summary>
/// Tells people of hand-overs: a mail, or a web hook with transcript, intent, slots and reason as JSON. Each notice is tried until it was taken, at
/// growing pauses, for about a day; the same notice has the same <c>Webhook-Id</c>.
/// </summary>
internal sealed class NotifyPeople(
    ChatbotDatabase database,
    IServiceScopeFactory scopes,
    SigningKeys keys,
    IOptions<Shop> shop,
    TimeProvider clock,
    ILogger<NotifyPeople> log
) : BackgroundService
{
    private const int MaxAttempts = 18;
    private const int AtOnce = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(
            database,
            async ct => await TellDueAsync(ct) > 0 ? TimeSpan.Zero : Pause,
            Pause,
            e => log.LogError(e, "Notices of hand-overs could not be read; trying again"),
            clock,
            stoppingToken
        );

    /// <returns>How many notices were tried.</returns>
    internal async Task<int> TellDueAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        // Whoever takes a notice has a minute for it; one that dies leaves it to the next.
        var due = await database.QueryAsync<Notice>(
            ClaimSql,
            new
            {
                now,
                Until = now + Lease,
                AtOnce,
            },
            ct
        );
        foreach (var notice in due)
        {
            var failure = await TryTellAsync(notice, ct);
            if (failure is null || notice.Attempts >= MaxAttempts)
            {
                if (failure is not null)
                    log.LogError("A hand-over's {Kind} was given up: {Reason}", notice.Kind, failure);
                await database.ExecuteAsync("delete from handoff_notices where id = @Id", new { notice.Id }, ct);
            }
            else
            {
                var wait = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, notice.Attempts), 6 * 3600));
                await database.ExecuteAsync(
                    "update handoff_notices set next_attempt_at = @At, failure = @failure where id = @Id",
                    new
                    {
                        notice.Id,
                        At = clock.GetUtcNow() + wait,
                        failure,
                    },
                    ct
                );
            }
        }
        return due.Count;
    }

    private async Task<string?> TryTellAsync(Notice notice, CancellationToken ct)
    {
        try
        {
            if (await TranscriptAsync(notice, ct) is not { } whole)
                return null;
            if (notice.Kind == "mail")
                await MailAsync(notice, whole, ct);
            else
                await PostAsync(notice, whole, ct);
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            return e.Message;
        }
    }

    private async Task MailAsync(Notice notice, Transcript whole, CancellationToken ct)
    {
        var text = new StringBuilder($"A visitor of {shop.Value.Name} waits for a person ({whole.Reason}).\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Answer here: {whole.Url}\n\n");
        foreach (var (slot, value) in whole.Slots)
            text.Append(CultureInfo.InvariantCulture, $"{slot}: {value}\n");
        foreach (var line in whole.Messages)
            text.Append(CultureInfo.InvariantCulture, $"\n{line.Who}: {line.Text}\n");
        await using var scope = scopes.CreateAsyncScope();
        await scope
            .ServiceProvider.GetRequiredService<MailClient>()
            .SendAsync(notice.Id, notice.Target, $"A visitor of {shop.Value.Name} waits for a person", text.ToString(), ct);
    }

    private async Task PostAsync(Notice notice, Transcript whole, CancellationToken ct)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(whole, Json.Options);
        var at = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(notice.Target))
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        // As in the Standard Webhooks specification: "v1," and HMAC-SHA256 over id.timestamp.body.
        var signed = HMACSHA256.HashData(
            await keys.GetAsync(SigningKeys.WebHook, ct),
            (byte[])[.. Encoding.UTF8.GetBytes($"{notice.Id}.{at}."), .. body]
        );
        request.Headers.Add("Webhook-Id", notice.Id.ToString());
        request.Headers.Add("Webhook-Timestamp", at);
        request.Headers.Add("Webhook-Signature", "v1," + Convert.ToBase64String(signed));
        await using var scope = scopes.CreateAsyncScope();
        using var answer = await scope
            .ServiceProvider.GetRequiredService<WebHookClient>()
            .Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        answer.EnsureSuccessStatusCode();
    }

    private async Task<Transcript?> TranscriptAsync(Notice notice, CancellationToken ct)
    {
        var row = await database.QuerySingleOrDefaultAsync<Row>(HandoffSql, new { notice.HandoffId }, ct);
        if (row is null)
            return null;
        var lines = await database.QueryAsync<Line>(LinesSql, new { row.ConversationId }, ct);
        return new(
            row.ConversationId,
            row.CustomerId,
            row.Reason,
            row.Intent,
            JsonSerializer.Deserialize<Dictionary<string, string>>(row.Slots, Json.Options) ?? [],
            row.OpenedAt,
            new Uri(shop.Value.PublicUrl, $"{Routes.Console}/chat/{row.ConversationId}"),
            lines
        );
    }

    private sealed record Notice(Guid Id, Guid HandoffId, string Kind, string Target, int Attempts);

    private sealed record Row(Guid ConversationId, Guid? CustomerId, string Reason, string Intent, string Slots, DateTimeOffset OpenedAt);

    internal sealed record Line(string Who, string Text, DateTimeOffset At);

    internal sealed record Transcript(
        Guid ConversationId,
        Guid? CustomerId,
        string Reason,
        string Intent,
        IReadOnlyDictionary<string, string> Slots,
        DateTimeOffset OpenedAt,
        Uri Url,
        IReadOnlyList<Line> Messages
    );

    private const string ClaimSql = """
        update handoff_notices set attempts = attempts + 1, next_attempt_at = @Until
        where id in (select id from handoff_notices where next_attempt_at <= @now order by next_attempt_at limit @AtOnce for update skip locked)
        returning id, handoff_id, kind, target, attempts
        """;

    private const string HandoffSql = """
        select h.conversation_id, c.customer_id, h.reason, h.intent, h.slots::text as slots, h.opened_at
        from handoffs h join conversations c on c.id = h.conversation_id where h.id = @HandoffId
        """;

    private const string LinesSql = """
        select who, text, at from (select * from messages where conversation_id = @ConversationId order by id desc limit 100) newest order by id
        """;
}

/// <summary>Calls addresses that a shop wrote down: never one of this machine or its network, unless the options allow it.</summary>
internal sealed class WebHookClient(HttpClient http)
{
    public HttpClient Http { get; } = http;
}
