using System.Net;
using System.Text;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Platform.Tests.Probe;
using MarketingPlatform.TestInfrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace MarketingPlatform.Platform.Tests.Security;

public sealed class TokenTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_is_good_for_five_minutes()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        await using var host = await ProbeHost.StartAsync(clock: clock);
        var token = host.TokenFor(Scope.Read);

        clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(host.Http, token));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host.Http, token));
    }

    [Fact]
    public async Task A_token_that_somebody_else_signed_or_changed_is_refused()
    {
        await using var host = await ProbeHost.StartAsync();
        using var stranger = new TokenIssuer(TokenIssuer.CreateKey(), TimeProvider.System);
        var own = host.TokenFor(Scope.Read).Split('.');
        var admin = Encoding
            .UTF8.GetString(Base64UrlEncoder.DecodeBytes(own[1]))
            .Replace("\"read\"", "\"admin\"", StringComparison.Ordinal);
        var unsigned = Base64UrlEncoder.Encode("{\"alg\":\"none\",\"typ\":\"JWT\"}");

        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(host.Http, string.Join('.', own)));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host.Http, stranger.Issue("test", [Scope.Read]).Token));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host.Http, $"{own[0]}.{Base64UrlEncoder.Encode(admin)}.{own[2]}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host.Http, $"{unsigned}.{own[1]}."));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host.Http, "garbage"));
    }

    [Fact]
    public async Task What_anybody_may_call_answers_while_the_issuer_of_tokens_is_away()
    {
        await using var app = ProbeHost.Build(
            [new Doors()],
            builder =>
            {
                builder.Configuration["Messaging:Transport"] = "memory";
                builder.Configuration["services:gateway:http:0"] = "http://127.0.0.1:1";
            }
        );
        await app.StartAsync(Ct);
        using var http = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("test");
        http.BaseAddress = new Uri(app.Urls.First());
        using var issuer = new TokenIssuer(TokenIssuer.CreateKey(), TimeProvider.System);

        using var open = await http.GetAsync(new Uri("/open", UriKind.Relative), Ct);
        using var health = await http.GetAsync(new Uri("/health", UriKind.Relative), Ct);
        using var guarded = await http.GetAsync(new Uri("/for/read", UriKind.Relative), Ct);

        Assert.Equal(HttpStatusCode.NoContent, open.StatusCode);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, guarded.StatusCode);
        // A token cannot be told good from bad now: the caller shall come back, not fetch another.
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(http, issuer.Issue("test", [Scope.Read]).Token));
        await app.StopAsync(Ct);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/for/read");
        request.Headers.Authorization = new("Bearer", token);
        using var answer = await http.SendAsync(request, Ct);
        return answer.StatusCode;
    }

    private sealed class Doors : IServiceModule
    {
        public string Name => "doors";

        public void AddServices(IHostApplicationBuilder builder) { }

        public void MapEndpoints(IEndpointRouteBuilder root)
        {
            root.MapGet("/open", () => TypedResults.NoContent()).AllowAnonymous();
            root.MapGet("/for/read", () => TypedResults.NoContent()).RequireScope(Scope.Read);
        }
    }
}
