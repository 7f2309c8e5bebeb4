using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Api;

/// <summary>The platform's public HTTP API, as any client would use it.</summary>
internal sealed class PlatformApi(HttpClient http, PlatformKeys keys, TimeProvider clock) : IDisposable
{
    private const int MostBreaks = 4;

    public static PlatformApi Connect(int port, string data, TimeProvider clock) =>
        new(
            new HttpClient(
                new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5), Expect100ContinueTimeout = TimeSpan.FromSeconds(10) }
            )
            {
                BaseAddress = new Uri($"http://127.0.0.1:{port}"),
                // Imports answer when the whole file is in.
                Timeout = Timeout.InfiniteTimeSpan,
            },
            PlatformKeys.LoadFrom(data),
            clock
        );

    /// <summary>Makes sure that somebody is at home before long work starts.</summary>
    /// <exception cref="CommandException">Nobody answers, or the platform says it is not well.</exception>
    public async Task EnsureHealthyAsync(CancellationToken ct)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("/health", UriKind.Relative), ct);
            if (!answer.IsSuccessStatusCode)
            {
                var cause = await answer.Content.ReadAsStringAsync(ct);
                throw new CommandException($"The platform at {http.BaseAddress} is not healthy ({(int)answer.StatusCode}): {cause}");
            }
        }
        catch (HttpRequestException cause)
        {
            throw new CommandException(
                $"No platform answers at {http.BaseAddress} ({cause.Message}). Run ./marketing up first, and give the same --port to both.",
                cause
            );
        }
    }

    /// <summary>A collect call; repeating it is harmless, as its events carry their message ids.</summary>
    public Task CollectAsync(string path, Func<HttpContent> content, CancellationToken ct) =>
        SendAsync(() => Request(HttpMethod.Post, path, Basic(keys.Collect), content()), repeatBroken: true, ct);

    public async Task<JsonNode> GetAsync(string path, CancellationToken ct) =>
        Parse(path, await SendAsync(() => Request(HttpMethod.Get, path, Bearer(keys.Read)), repeatBroken: true, ct));

    public Task<string> PutAsync(string path, JsonNode body, CancellationToken ct) =>
        SendAsync(() => Request(HttpMethod.Put, path, Bearer(keys.Write), JsonContent.Create(body)), repeatBroken: true, ct);

    /// <returns>The answer's body.</returns>
    public Task<string> PostAsync(string path, Func<HttpContent> content, CancellationToken ct) =>
        SendAsync(() => Request(HttpMethod.Post, path, Bearer(keys.Write), content()), repeatBroken: true, ct);

    /// <summary>Posts something big: the platform may refuse it before it is sent, and a connection that breaks half-way ends
    /// the command.</summary>
    /// <returns>The answer's body.</returns>
    public Task<string> UploadAsync(string path, Func<HttpContent> content, CancellationToken ct) =>
        SendAsync(
            () =>
            {
                var request = Request(HttpMethod.Post, path, Bearer(keys.Write), content());
                request.Headers.ExpectContinue = true;
                return request;
            },
            repeatBroken: false,
            ct
        );

    private async Task<string> SendAsync(Func<HttpRequestMessage> make, bool repeatBroken, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        var breaks = 0;
        for (var attempt = 1; ; attempt++)
        {
            using var request = make();
            HttpResponseMessage? answer = null;
            string problem;
            var again = true;
            try
            {
                answer = await http.SendAsync(request, ct);
                var body = await answer.Content.ReadAsStringAsync(ct);
                if (answer.IsSuccessStatusCode)
                    return body;
                problem = $"{(int)answer.StatusCode} {answer.ReasonPhrase}: {Detail(body)}";
            }
            catch (Exception broken) when (broken is HttpRequestException or HttpIOException)
            {
                problem = broken.InnerException?.Message ?? broken.Message;

                // A platform that cannot be reached may be starting; one that answers by hanging up, again and again, is not.
                again =
                    broken is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError }
                    || (repeatBroken && ++breaks < MostBreaks);
            }

            using (answer)
            {
                TimeSpan? pause = again
                    ? Retry.PauseAfter(
                        answer?.StatusCode,
                        answer?.Headers.RetryAfter,
                        attempt,
                        clock.GetElapsedTime(began),
                        clock.GetUtcNow()
                    )
                    : null;
                if (pause is null)
                    throw new CommandException(
                        $"{request.Method} {request.RequestUri?.PathAndQuery} failed after {attempt} attempt(s): {problem}"
                    );
                await Task.Delay(pause.Value, clock, ct);
            }
        }
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, AuthenticationHeaderValue key, HttpContent? content = null) =>
        new(method, path) { Content = content, Headers = { Authorization = key } };

    private static JsonNode Parse(string path, string body)
    {
        try
        {
            return JsonNode.Parse(body) ?? throw new CommandException($"GET {path} answered null.");
        }
        catch (JsonException cause)
        {
            throw new CommandException($"GET {path} did not answer JSON: {cause.Message}", cause);
        }
    }

    /// <summary>The sentence of a problem details body, with the fields it names; else the body.</summary>
    private static string Detail(string body)
    {
        try
        {
            var problem = JsonNode.Parse(body) as JsonObject;
            var errors = problem?["errors"]?.ToJsonString();
            var sentence = (problem?["detail"] ?? problem?["title"])?.ToString();
            return sentence is null ? body : $"{sentence} {errors}".TrimEnd();
        }
        catch (JsonException)
        {
            return body;
        }
    }

    private static AuthenticationHeaderValue Bearer(string key) => new("Bearer", key);

    private static AuthenticationHeaderValue Basic(string key) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(key + ":")));

    public void Dispose() => http.Dispose();
}
