using System.Net;
using System.Text.RegularExpressions;
using MarketingPlatform.LocalServers;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.TestInfrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MarketingPlatform.Console.Tests;

/// <summary>The console as a process of its own has it, before a door whose services are up, down or strange as the test says.</summary>
public sealed partial class ConsoleAlone : IAsyncDisposable
{
    private readonly HttpClient http;
    private WebApplication console = null!;
    private WebApplication door = null!;

    private ConsoleAlone()
    {
        Address = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies }) { BaseAddress = Address };
    }

    public Uri Address { get; }

    public CookieContainer Cookies { get; } = new();

    internal ConsoleDatabase Database => console.Services.GetRequiredService<ConsoleDatabase>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<ConsoleAlone> StartAsync(Action<WebApplication> services, params (string Key, string Value)[] settings)
    {
        var alone = new ConsoleAlone();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        alone.door = builder.Build();
        alone.door.MapPost(
            "/api/v1/token",
            (string scope) => Results.Json(new { token = scope, expiresAt = TimeProvider.System.GetUtcNow().AddHours(1) })
        );
        services(alone.door);
        // As the real door answers for a service that is down.
        alone.door.MapFallback(() => Results.StatusCode(StatusCodes.Status502BadGateway));
        await alone.door.StartAsync(Ct);
        var database = await TestPostgres.CreateDatabaseAsync("console_alone");
        alone.console = ServiceHost.Build(
            [],
            [new ConsoleModule()],
            host =>
            {
                host.Logging.ClearProviders();
                host.WebHost.UseUrls(alone.Address.ToString());
                host.Configuration["Messaging:Transport"] = "memory";
                host.Configuration["ConnectionStrings:console-db"] = database;
                host.Configuration["services:gateway:http:0"] = alone.door.Urls.First();
                host.Configuration["Services:ConsoleKey"] = "key";
                host.Configuration["Console:FirstPassword"] = RunningPlatform.AdminPassword;
                host.Configuration["Console:ServiceTimeout"] = "00:00:02";
                host.Configuration["Shop:PublicUrl"] = alone.Address.ToString();
                foreach (var (key, value) in settings)
                    host.Configuration[key] = value;
            }
        );
        await alone.console.StartAsync(Ct);
        await alone.Database.WhenReadyAsync(Ct);
        await RunningPlatform.EventuallyAsync(
            "the first administrator is there",
            async () => await Console.Users.User.FindAsync(alone.Database, "admin", Ct) is not null
        );
        return alone;
    }

    public async Task SignInAsync()
    {
        using var answer = await PostAsync(
            "/console/sign-in",
            "/console/sign-in",
            ("name", "admin"),
            ("password", RunningPlatform.AdminPassword)
        );
        Assert.Equal("/", answer.Headers.Location?.ToString());
    }

    /// <summary>Sends a form of a page, with the page's own token.</summary>
    public async Task<HttpResponseMessage> PostAsync(string page, string path, params (string Name, string Value)[] fields)
    {
        var token = FormToken().Match(await http.GetStringAsync(new Uri(page, UriKind.Relative), Ct)).Groups["token"].Value;
        using var form = new FormUrlEncodedContent(
            fields.Append(("__RequestVerificationToken", token)).Select(field => KeyValuePair.Create(field.Item1, field.Item2))
        );
        return await http.PostAsync(new Uri(path, UriKind.Relative), form, Ct);
    }

    public async Task<(HttpStatusCode Status, string Text)> ReadAsync(string path)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.RelativeOrAbsolute), Ct);
        return (answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Ct)));
    }

    public async Task<HttpResponseMessage> GetAsync(string address) =>
        await http.GetAsync(new Uri(address, UriKind.RelativeOrAbsolute), Ct);

    public async ValueTask DisposeAsync()
    {
        await console.StopAsync(CancellationToken.None);
        await console.DisposeAsync();
        await door.DisposeAsync();
        MassTransit.LogContext.Current = null;
        http.Dispose();
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"")]
    private static partial Regex FormToken();
}
