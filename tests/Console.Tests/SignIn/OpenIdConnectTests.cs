using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace MarketingPlatform.Console.Tests.SignIn;

/// <summary>Against a small identity provider: discovery, authorization code with PKCE, a signed identity token.</summary>
public sealed class OpenIdConnectTests
{
    [Fact]
    public async Task Somebody_whom_the_identity_provider_lets_in_has_the_role_of_its_claim()
    {
        await using var provider = await Provider.StartAsync();
        await using var console = await ConsoleAlone.StartAsync(
            _ => { },
            ("Console:OpenIdConnect:Authority", provider.Address),
            ("Console:OpenIdConnect:ClientId", "console"),
            ("Console:OpenIdConnect:ClientSecret", "secret"),
            ("Console:OpenIdConnect:RequireHttps", "false")
        );
        Assert.Contains("Sign in with single sign-on", (await console.ReadAsync("/console/sign-in")).Text, StringComparison.Ordinal);

        using var leave = await console.PostAsync("/console/sign-in", "/console/sign-in/provider", ("returnUrl", "/console/account"));
        Assert.StartsWith(provider.Address + "/authorize", leave.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            new Uri(console.Address, "/console/sign-in/callback").ToString(),
            QueryHelpers.ParseQuery(leave.Headers.Location.Query)["redirect_uri"].ToString()
        );
        using var authorized = await console.GetAsync(leave.Headers.Location.ToString());
        using var back = await console.GetAsync(authorized.Headers.Location!.ToString());
        Assert.Equal("/console/account", back.Headers.Location?.ToString());

        var (status, text) = await console.ReadAsync("/console/account");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("ann@company.example, marketer", text, StringComparison.Ordinal);
        Assert.Contains(
            "nobody → marketer, by the identity provider",
            (await console.ReadAsync("/console/audit")).Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Without_configuration_there_is_no_such_button()
    {
        await using var console = await ConsoleAlone.StartAsync(_ => { });

        Assert.DoesNotContain("single sign-on", (await console.ReadAsync("/console/sign-in")).Text, StringComparison.Ordinal);
        using var answer = await console.PostAsync("/console/sign-in", "/console/sign-in/provider");
        Assert.Equal("/console/sign-in", answer.Headers.Location?.ToString());
    }

    private sealed class Provider : IAsyncDisposable
    {
        private readonly ECDsaSecurityKey key = new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "test" };
        private WebApplication app = null!;
        private string nonce = "";

        public string Address => app.Urls.First();

        public static async Task<Provider> StartAsync()
        {
            var provider = new Provider();
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            provider.app = builder.Build();
            provider.Map();
            await provider.app.StartAsync(TestContext.Current.CancellationToken);
            return provider;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private void Map()
        {
            app.MapGet(
                "/.well-known/openid-configuration",
                () =>
                    Results.Json(
                        new
                        {
                            issuer = Address,
                            authorization_endpoint = Address + "/authorize",
                            token_endpoint = Address + "/token",
                            jwks_uri = Address + "/keys",
                        }
                    )
            );
            app.MapGet(
                "/keys",
                () =>
                {
                    var point = key.ECDsa.ExportParameters(false).Q;
                    return Results.Json(
                        new
                        {
                            keys = new[]
                            {
                                new
                                {
                                    kty = "EC",
                                    crv = "P-256",
                                    kid = key.KeyId,
                                    use = "sig",
                                    alg = "ES256",
                                    x = WebEncoders.Base64UrlEncode(point.X!),
                                    y = WebEncoders.Base64UrlEncode(point.Y!),
                                },
                            },
                        }
                    );
                }
            );
            app.MapGet(
                "/authorize",
                (HttpRequest request) =>
                {
                    nonce = request.Query["nonce"].ToString();
                    Assert.NotEmpty(request.Query["code_challenge"].ToString());
                    return Results.Redirect(
                        QueryHelpers.AddQueryString(
                            request.Query["redirect_uri"].ToString(),
                            new Dictionary<string, string?> { ["code"] = "code", ["state"] = request.Query["state"].ToString() }
                        )
                    );
                }
            );
            app.MapPost(
                "/token",
                () =>
                    Results.Json(
                        new
                        {
                            access_token = "access",
                            token_type = "Bearer",
                            id_token = IdToken(),
                        }
                    )
            );
        }

        private string IdToken() =>
            new JsonWebTokenHandler().CreateToken(
                new SecurityTokenDescriptor
                {
                    Issuer = Address,
                    Audience = "console",
                    Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(5),
                    Claims = new Dictionary<string, object>
                    {
                        ["sub"] = "ann-1",
                        ["nonce"] = nonce,
                        ["preferred_username"] = "Ann@company.example",
                        ["roles"] = new[] { "marketer", "something else" },
                    },
                    SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256),
                }
            );
    }
}
