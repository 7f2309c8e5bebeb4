using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Console.Api;

/// <summary>
/// The platform's public API through the public door. It never throws for what a service does: one that is away leaves a hole in a page,
/// not a broken page. No circuit breaker: all services stand behind one address, and one that is dead must not take the others along.
/// </summary>
internal sealed class PlatformApi(HttpClient http, RoleTokens tokens)
{
    public Task<Answer<T>> GetAsync<T>(Role role, string path, CancellationToken ct) => SendAsync<T>(role, HttpMethod.Get, path, null, ct);

    /// <summary>For calls whose answer has no body of interest.</summary>
    /// <param name="version">That the caller saw (<c>If-Match</c>); null where the call asks for none.</param>
    public Task<Answer<JsonNode>> SendAsync(
        Role role,
        HttpMethod method,
        string path,
        object? body,
        CancellationToken ct,
        string? version = null
    ) => SendAsync<JsonNode>(role, method, path, body, ct, version);

    /// <typeparam name="T">The answer's shape; <see cref="string"/>: its text, whatever it is.</typeparam>
    /// <param name="body">Sent as JSON, or as it is where it is <see cref="HttpContent"/>.</param>
    public async Task<Answer<T>> SendAsync<T>(
        Role role,
        HttpMethod method,
        string path,
        object? body,
        CancellationToken ct,
        string? version = null
    )
    {
        try
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await tokens.GetAsync(role, ct));
            if (body is not null)
                request.Content = body as HttpContent ?? JsonContent.Create(body, body.GetType(), options: Json.Options);
            if (version is not null)
                request.Headers.TryAddWithoutValidation("If-Match", $"\"{version}\"");
            using var response = await http.SendAsync(request, ct);
            if (!response.IsSuccessStatusCode)
                return new(default, await ReadFailureAsync(path, response, ct));
            var text = await response.Content.ReadAsStringAsync(ct);
            return new(
                text is T asItIs ? asItIs
                    : text.Length == 0 ? default
                    : JsonSerializer.Deserialize<T>(text, Json.Options),
                null
            );
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return new(default, Away(path));
        }
        catch (JsonException)
        {
            return new(
                default,
                new ApiFailure(FailureKind.Away, $"{ServiceAt(path)} answered something that the console does not understand.")
            );
        }
    }

    /// <returns>Query string of the values that are there.</returns>
    public static string Query(params ReadOnlySpan<(string Name, string? Value)> values)
    {
        var query = default(QueryString);
        foreach (var (name, value) in values)
            if (!string.IsNullOrEmpty(value))
                query = query.Add(name, value);
        return query.Value ?? "";
    }

    private static async Task<ApiFailure> ReadFailureAsync(string path, HttpResponseMessage response, CancellationToken ct)
    {
        if (response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)
            return Away(path);
        var sentence =
            SentenceOf(await response.Content.ReadAsStringAsync(ct)) ?? $"{ServiceAt(path)} answered {(int)response.StatusCode}.";
        var kind = response.StatusCode switch
        {
            HttpStatusCode.NotFound => FailureKind.Missing,
            HttpStatusCode.PreconditionFailed => FailureKind.Changed,
            _ => FailureKind.Refused,
        };
        return new(kind, sentence);
    }

    /// <returns>What a problem details body says to a person: its detail and the fields it names.</returns>
    internal static string? SentenceOf(string body)
    {
        try
        {
            if (JsonNode.Parse(body) is not JsonObject problem)
                return null;
            var fields = problem["errors"] is JsonObject errors
                ? errors.SelectMany(field => (field.Value as JsonArray ?? []).Select(message => $"{field.Key}: {message}"))
                : [];
            var sentence = (problem["detail"] ?? problem["title"])?.ToString();
            return sentence is null ? null : string.Join(' ', fields.DefaultIfEmpty(sentence));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ApiFailure Away(string path) =>
        new(FailureKind.Away, $"{ServiceAt(path)} does not answer. The rest of this page is complete.");

    /// <returns>The service that owns a path, as people call it.</returns>
    private static string ServiceAt(string path)
    {
        var name = Routes
            .ByService.SelectMany(service => service.Value.Select(prefix => (prefix, service.Key)))
            .Where(entry => path.StartsWith(entry.prefix, StringComparison.Ordinal))
            .MaxBy(entry => entry.prefix.Length)
            .Key;
        return name is null ? "The platform" : ServiceNames.TitleOf(name);
    }
}
