using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MarketingPlatform.Client;

/// <summary>Requests with the key, repeated while that may help.</summary>
internal sealed class Transport : IDisposable
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Also in single-file programs, which switch reflection off where nobody asks for it: traits and properties are of any type.
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly HttpClient http;
    private readonly MarketingPlatformClientOptions options;

    public Transport(Uri door, string key, MarketingPlatformClientOptions options)
    {
        this.options = options;
        var handler = options.Handler ?? new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        http = new HttpClient(handler, disposeHandler: options.Handler is null) { BaseAddress = door };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public DateTimeOffset Now => options.Clock.GetUtcNow();

    public Task<T> GetAsync<T>(string path, CancellationToken ct) => SendAsync<T>(HttpMethod.Get, path, null, ct);

    /// <summary>Only for what may be sent twice: the platform recognises the repetition.</summary>
    public Task<T> PostAsync<T>(string path, object body, CancellationToken ct) => SendAsync<T>(HttpMethod.Post, path, body, ct);

    /// <summary>Every item of a list, page by page.</summary>
    public async IAsyncEnumerable<T> ListAsync<T>(string path, [EnumeratorCancellation] CancellationToken ct)
    {
        string? cursor = null;
        do
        {
            var next = cursor is null
                ? ""
                : (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "cursor=" + Uri.EscapeDataString(cursor);
            var page = await GetAsync<Page<T>>(path + next, ct).ConfigureAwait(false);
            foreach (var item in page.Items)
                yield return item;
            cursor = page.NextCursor;
        } while (cursor is not null);
    }

    /// <returns>"?a=1&amp;b=2" of what is there.</returns>
    public static string Query(params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var query = "";
        foreach (var (name, value) in values)
            if (value is not null)
                query += $"{(query.Length == 0 ? '?' : '&')}{name}={Uri.EscapeDataString(FormattableString.Invariant($"{value}"))}";
        return query;
    }

    public void Dispose() => http.Dispose();

    private async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken ct)
    {
        var began = options.Clock.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            var (answer, broken) = await TryAsync(method, path, body, ct).ConfigureAwait(false);
            using (answer)
            {
                if (answer?.IsSuccessStatusCode == true)
                    return await ReadAsync<T>(answer, ct).ConfigureAwait(false);
                var pause = PauseAfter(answer?.StatusCode, answer?.Headers.RetryAfter, attempt, Now);
                if (pause is not { } wait || options.Clock.GetElapsedTime(began) + wait > options.Patience)
                    throw answer is null
                        ? new MarketingPlatformException(0, null, $"No platform answers at {http.BaseAddress}: {broken!.Message}", broken)
                        : await RefusalAsync(answer, ct).ConfigureAwait(false);
                await Task.Delay(wait, options.Clock, ct).ConfigureAwait(false);
            }
        }
    }

    private async Task<(HttpResponseMessage? Answer, Exception? Broken)> TryAsync(
        HttpMethod method,
        string path,
        object? body,
        CancellationToken ct
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = JsonContent.Create(body, options: Json);
        try
        {
            return (await http.SendAsync(request, ct).ConfigureAwait(false), null);
        }
        catch (HttpRequestException e)
        {
            return (null, e);
        }
    }

    /// <returns>Null where repeating does not help.</returns>
    internal static TimeSpan? PauseAfter(HttpStatusCode? status, RetryConditionHeaderValue? asked, int attempt, DateTimeOffset now)
    {
        if (
            status is not (null or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError)
        )
            return null;
        var wanted = asked?.Delta ?? (asked?.Date is { } date ? date - now : null);
        var pause = wanted ?? FirstPause * Math.Pow(2, Math.Min(attempt - 1, 10));
        return pause < TimeSpan.Zero ? TimeSpan.Zero
            : wanted is null && pause > LongestPause ? LongestPause
            : pause;
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, CancellationToken ct)
    {
        if (answer.StatusCode == HttpStatusCode.NoContent)
            return default!;
        return (await answer.Content.ReadFromJsonAsync<T>(Json, ct).ConfigureAwait(false))!;
    }

    private static async Task<MarketingPlatformException> RefusalAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        var status = (int)answer.StatusCode;
        var text = await answer.Content.ReadAsStringAsync(ct).ConfigureAwait(false);
        try
        {
            var problem = JsonSerializer.Deserialize<ProblemDetails>(text, Json)!;
            var fields = problem.Errors?.SelectMany(field => field.Value.Select(message => $"{field.Key}: {message}")) ?? [];
            return new(status, problem.Type, string.Join(" ", new[] { problem.Title + ".", problem.Detail }.Concat(fields)));
        }
        catch (JsonException)
        {
            return new(status, null, $"The platform answered {status}. {text[..Math.Min(text.Length, 500)]}");
        }
    }

    private sealed record ProblemDetails(string? Type, string? Title, string? Detail, Dictionary<string, string[]>? Errors);
}
