using System.Collections.Concurrent;
using System.Net.Http.Headers;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Console.Api;

/// <summary>Short-lived tokens for calls on behalf of a role, bought with the console's key and narrowed to what the role may do.</summary>
internal sealed class RoleTokens(IHttpClientFactory http, IOptions<ServiceKeyOptions> options, TimeProvider clock)
{
    public const string ClientName = "console-tokens";

    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<Scope, Grant> held = new();

    public async ValueTask<string> GetAsync(Role role, CancellationToken ct)
    {
        var scope = Roles.ScopeOf(role);
        if (held.TryGetValue(scope, out var grant) && clock.GetUtcNow() < grant.ExpiresAt - RenewBefore)
            return grant.Token;
        using var client = http.CreateClient(ClientName);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Routes.Token}?scope={Scopes.NameOf(scope)}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Value.ConsoleKey);
        using var response = await client.SendAsync(request, ct);
        response.EnsureSuccessStatusCode();
        var fresh = await response.Content.ReadFromJsonAsync<Grant>(Json.Options, ct);
        held[scope] = fresh!;
        return fresh!.Token;
    }

    private sealed record Grant(string Token, DateTimeOffset ExpiresAt);
}
