using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests;

/// <summary>What the bot asks other services for: who has an address, a mail to be sent, what to recommend; and a shop's web hook.</summary>
public sealed partial class FakePlatform : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<JsonNode> mails = [];
    private readonly ConcurrentDictionary<string, Guid> customers = new(StringComparer.OrdinalIgnoreCase);

    private FakePlatform(WebApplication app) => this.app = app;

    public string Address => app.Urls.First();

    /// <summary>What came to <c>/hook</c>, with its headers.</summary>
    public ConcurrentQueue<(IHeaderDictionary Headers, string Body)> Hooked { get; } = [];

    public IEnumerable<JsonNode> Mails => mails;

    /// <summary>Recommendation answers with this; null: not at all.</summary>
    public string? Recommended { get; set; } = """{"items":[]}""";

    public static async Task<FakePlatform> StartAsync(CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var fake = new FakePlatform(builder.Build());
        fake.Map();
        await fake.app.StartAsync(ct);
        return fake;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    public void Knows(Guid customer, string emailOrUserId) => customers[emailOrUserId] = customer;

    /// <summary>The code that the last mail to an address brought.</summary>
    public async Task<string> CodeForAsync(string address, int mail = 1)
    {
        while (true)
        {
            var sent = mails.Where(m => (string?)m["to"] == address).ToArray();
            if (sent.Length >= mail)
                return CodePattern().Match((string)sent[mail - 1]["content"]!["text"]!).Value;
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private void Map()
    {
        app.MapPost("/api/v1/token", () => new { token = "t", expiresAt = TimeProvider.System.GetUtcNow().AddHours(1) });
        app.MapGet(
            "/api/v1/customers",
            (string? email, string? userId) =>
                new { items = customers.TryGetValue(email ?? userId ?? "", out var id) ? new[] { new { id } } : [] }
        );
        app.MapGet(
            "/api/v1/customers/{id:guid}",
            (Guid id) =>
                new
                {
                    identifiers = customers
                        .Where(known => known.Value == id && known.Key.Contains('@', StringComparison.Ordinal))
                        .Select(known => new { kind = "email", value = known.Key }),
                }
        );
        app.MapPost(
            "/api/v1/messages",
            async (HttpRequest request) =>
            {
                mails.Enqueue((await JsonNode.ParseAsync(request.Body))!);
                return Results.Accepted();
            }
        );
        app.MapGet(
            "/api/v1/recommendations",
            () => Recommended is { } answer ? Results.Content(answer, "application/json") : Results.StatusCode(503)
        );
        app.MapPost(
            "/hook",
            async (HttpRequest request) =>
            {
                using var reader = new StreamReader(request.Body);
                // A copy: the server clears its own for the next request.
                Hooked.Enqueue((new HeaderDictionary(request.Headers.ToDictionary()), await reader.ReadToEndAsync()));
            }
        );
    }

    [GeneratedRegex(@"\b\d{6}\b")]
    private static partial Regex CodePattern();
}
