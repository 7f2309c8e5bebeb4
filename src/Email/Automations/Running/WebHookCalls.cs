using System.Net;
using System.Text;
using MarketingPlatform.Platform.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Security.AntiSSRF;

namespace MarketingPlatform.Email.Automations.Running;

/// <summary>Makes the calls that steps asked for: each until it is taken, refused for good, or given up after a day.</summary>
/// <remarks>A call whose answer got lost is made again: <c>Idempotency-Key</c> tells the other side that it is the same.</remarks>
internal sealed class WebHookCalls(EmailDatabase db, IHttpClientFactory clients, TimeProvider clock, ILogger<WebHookCalls> log)
    : BackgroundService
{
    public const string Client = "MarketingPlatform.Email.WebHooks";
    private const int SetSize = 20;
    private const int MaxAttempts = 9;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>A call under way is nobody else's for so long.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(
            db,
            async ct => await CallAsync(ct) < SetSize ? Pause : TimeSpan.Zero,
            Pause * 5,
            e => log.LogError(e, "Web hooks paused"),
            clock,
            stoppingToken
        );

    internal async Task<int> CallAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var due = await db.QueryAsync<Due>(
            ClaimSql,
            new
            {
                Now = now,
                Until = now + Lease,
                Limit = SetSize,
            },
            ct
        );
        await Task.WhenAll(due.Select(call => CallAsync(call, ct)));
        return due.Count;
    }

    /// <returns>1 min, 2 min, 4 min … 4 h 16 min.</returns>
    internal static TimeSpan PauseAfter(int attempts) => TimeSpan.FromMinutes(Math.Pow(2, Math.Min(attempts, MaxAttempts) - 1));

    private async Task CallAsync(Due call, CancellationToken ct)
    {
        var (status, reason) = await PostAsync(call, ct);
        var isOver = status is not null;
        if (!isOver && call.Attempts >= MaxAttempts)
            (status, isOver) = ("failed", true);
        await db.ExecuteAsync(
            """
            update automation_calls set status = @Status, reason = @Reason, ended_at = case when @IsOver then @Now end, next_attempt_at = @Next
            where id = @Id
            """,
            new
            {
                call.Id,
                Status = status ?? "queued",
                Reason = reason,
                IsOver = isOver,
                Now = clock.GetUtcNow(),
                Next = clock.GetUtcNow() + PauseAfter(call.Attempts),
            },
            ct
        );
    }

    /// <returns>Null as status: to be tried again.</returns>
    private async Task<(string? Status, string? Reason)> PostAsync(Due call, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, call.Url)
            {
                Content = new StringContent(call.Body, Encoding.UTF8, "application/json"),
            };
            request.Headers.Add("Idempotency-Key", call.Id.ToString("D"));
            using var answer = await clients.CreateClient(Client).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            var reason = $"HTTP {(int)answer.StatusCode}";
            return answer.IsSuccessStatusCode ? ("done", null)
                : answer.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)answer.StatusCode >= 500
                    ? (null, reason)
                : ("failed", reason);
        }
        catch (AntiSSRFException)
        {
            return ("failed", "The address leads into a private network; web hooks call public ones.");
        }
        catch (HttpRequestException e) when (e.InnerException is AntiSSRFException)
        {
            return ("failed", "The address leads into a private network; web hooks call public ones.");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            return (null, e is TaskCanceledException ? "No answer in time." : e.Message);
        }
    }

    private sealed record Due(Guid Id, string Url, string Body, int Attempts);

    private const string ClaimSql = """
        update automation_calls set attempts = attempts + 1, next_attempt_at = @Until
        where id in (
            select id from automation_calls where status = 'queued' and next_attempt_at <= @Now
            order by next_attempt_at limit @Limit for update skip locked)
        returning id, url, body::text as body, attempts
        """;
}

internal static class WebHookRegistration
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Whoever may write an automation must not reach by it what only this machine can: private addresses are refused when they are connected to.</summary>
    public static void AddWebHooks(this IServiceCollection services)
    {
        services
            .AddHttpClient(WebHookCalls.Client, http => http.Timeout = Timeout)
            .ConfigurePrimaryHttpMessageHandler(provider =>
            {
                var allow = provider.GetRequiredService<IOptions<EmailOptions>>().Value.AllowPrivateWebHooks;
                var policy = new AntiSSRFPolicy(allow ? PolicyConfigOptions.None : PolicyConfigOptions.ExternalOnlyLatest)
                {
                    AllowPlainTextHttp = allow,
                };
                var handler = policy.GetHandler();
                handler.AllowAutoRedirect = false;
                return handler;
            });
        services.AddHostedService<WebHookCalls>();
    }
}
