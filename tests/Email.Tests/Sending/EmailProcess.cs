using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MarketingPlatform.Email.Tests.Sending;

/// <summary>The e-mail service as a process of its own, which can be killed and started again on the same database.</summary>
internal sealed class EmailProcess : IAsyncDisposable
{
    /// <summary>Processes are started thirty times, perhaps beside other tests.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly TokenIssuer issuer = new(TokenIssuer.CreateKey(), TimeProvider.System);
    private readonly Dictionary<string, string> environment;
    private readonly WebApplication gateway;
    private readonly Uri address;
    private Process? process;

    private EmailProcess(WebApplication gateway, string database, (string Key, string Value)[] settings)
    {
        this.gateway = gateway;
        address = new Uri($"http://127.0.0.1:{SmtpSink.FreePort()}");
        var others = gateway.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        environment = new()
        {
            ["ASPNETCORE_URLS"] = address.ToString(),
            ["ConnectionStrings__email-db"] = database,
            ["Messaging__Transport"] = "memory",
            ["services__gateway__http__0"] = others,
            ["services__recommendation__http__0"] = others,
            ["Logging__LogLevel__Default"] = "Warning",
        };
        foreach (var (key, value) in settings)
            environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<EmailProcess> CreateAsync(string database, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var gateway = builder.Build();
        var email = default(EmailProcess);
        gateway.MapGet(Routes.TokenKeys, () => Results.Json(new { keys = new[] { email!.issuer.PublicKey() } }));
        gateway.MapPost(Routes.Token, () => Results.Json(new { token = "x", expiresAt = TimeProvider.System.GetUtcNow().AddHours(1) }));
        gateway.MapGet(Routes.Recommendations, () => OtherServices.RecommendThree(null!));
        await gateway.StartAsync(Ct);
        return email = new EmailProcess(gateway, database, settings);
    }

    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(EmailModule).Assembly.Location])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        using var http = Client();
        await RunningEmail.EventuallyAsync(
            async () =>
            {
                Assert.False(process.HasExited, "The e-mail service ended by itself.");
                try
                {
                    return (await http.GetAsync(new Uri("/health", UriKind.Relative), Ct)).IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            Patience
        );
    }

    /// <summary>SIGKILL: it has no last word.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync(Ct);
        process.Dispose();
        process = null;
    }

    public async Task<T> GetAsync<T>(string path)
    {
        using var http = Client();
        return (await http.GetFromJsonAsync<T>(path, Json.Options, Ct))!;
    }

    public async Task<T> PostAsync<T>(string path, object body)
    {
        using var http = Client();
        using var answer = await http.PostAsJsonAsync(path, body, Json.Options, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        return (await answer.Content.ReadFromJsonAsync<T>(Json.Options, Ct))!;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
            await KillAsync();
        await gateway.DisposeAsync();
        issuer.Dispose();
    }

    // A token lives for five minutes, a test may take longer: a new one each time.
    private HttpClient Client()
    {
        var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", issuer.Issue("test", [Scope.Write]).Token);
        return http;
    }
}
