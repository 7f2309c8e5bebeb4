using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Platform.Security;

/// <summary>How services prove to each other who they are; bound from the section <c>Services</c>.</summary>
public sealed class ServiceKeyOptions
{
    public const string Section = "Services";

    /// <value>The API key that all services of a deployment share. No default: without it calls between services are refused.</value>
    public string Key { get; init; } = "";

    /// <value>
    /// The API key of the console, with all scopes; it narrows its tokens to the role of who is signed in. No default: without it the
    /// console shows nothing of the platform.
    /// </value>
    public string ConsoleKey { get; init; } = "";
}

/// <summary>A short-lived token for calls to other services, bought with the deployment's service key.</summary>
internal sealed class ServiceTokens(IHttpClientFactory http, IOptions<ServiceKeyOptions> options, TimeProvider clock) : IDisposable
{
    public const string ClientName = "service-tokens";

    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim gate = new(1, 1);
    private volatile Grant? current;

    public async Task<string> GetAsync(CancellationToken ct)
    {
        if (current is { } held && clock.GetUtcNow() < held.ExpiresAt - RenewBefore)
            return held.Token;
        await gate.WaitAsync(ct);
        try
        {
            if (current is { } renewed && clock.GetUtcNow() < renewed.ExpiresAt - RenewBefore)
                return renewed.Token;
            using var client = http.CreateClient(ClientName);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/token");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Value.Key);
            using var response = await client.SendAsync(request, ct);
            response.EnsureSuccessStatusCode();
            current = await response.Content.ReadFromJsonAsync<Grant>(ct);
            return current!.Token;
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private sealed record Grant(string Token, DateTimeOffset ExpiresAt);
}

internal sealed class ServiceTokenHandler(ServiceTokens tokens) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await tokens.GetAsync(cancellationToken));
        return await base.SendAsync(request, cancellationToken);
    }
}

public static class ServiceClients
{
    /// <summary>
    /// A typed client for another service: found by its discovery name, authenticated by a service token. The caller adds the
    /// resilience that suits its call (<c>AddStandardResilienceHandler()</c>, or a pipeline with a fall-back).
    /// </summary>
    public static IHttpClientBuilder AddServiceClient<TClient>(this IHostApplicationBuilder builder, string service)
        where TClient : class =>
        builder
            // Named in full: two services in one process may call their clients alike.
            .Services.AddHttpClient<TClient>(typeof(TClient).FullName!, http => http.BaseAddress = new Uri("https+http://" + service))
            .AddHttpMessageHandler<ServiceTokenHandler>();

    internal static void AddServiceTokens(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ServiceKeyOptions>().BindConfiguration(ServiceKeyOptions.Section);
        builder
            .Services.AddHttpClient(ServiceTokens.ClientName, http => http.BaseAddress = new Uri("https+http://gateway"))
            .AddStandardResilienceHandler();
        builder.Services.AddSingleton<ServiceTokens>();
        builder.Services.AddTransient<ServiceTokenHandler>();
    }
}
