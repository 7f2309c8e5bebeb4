using System.Text;
using System.Text.Json.Nodes;
using MarketingPlatform.Cli.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MarketingPlatform.Cli.Tests;

/// <summary>A real HTTP server on a free port that answers as the test says, with a data directory that holds its keys.</summary>
internal sealed class FakePlatform : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakePlatform(WebApplication app) => _app = app;

    public string Data { get; } = Directory.CreateTempSubdirectory("marketing-cli-").FullName;

    public int Port => new Uri(_app.Urls.Single()).Port;

    public static async Task<FakePlatform> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(answer);
        var platform = new FakePlatform(app);
        await File.WriteAllTextAsync(
            Path.Combine(platform.Data, "keys.json"),
            """{"collect":"mp_collect","read":"mp_read","write":"mp_write","admin":"mp_admin"}"""
        );
        await app.StartAsync();
        return platform;
    }

    public PlatformApi Connect(TimeProvider clock) => PlatformApi.Connect(Port, Data, clock);

    public static string Basic(string key) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(key + ":"));

    public static async Task<JsonNode> BodyAsync(HttpContext context) => (await JsonNode.ParseAsync(context.Request.Body))!;

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(Data, recursive: true);
    }
}
