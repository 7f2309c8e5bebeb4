using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MarketingPlatform.TestInfrastructure;

/// <summary>A language model's service on loopback: answers <c>POST /v1/chat/completions</c> as the public API does.</summary>
public sealed class FakeChatApi : IAsyncDisposable
{
    private readonly WebApplication app;

    private FakeChatApi(WebApplication app) => this.app = app;

    public string Answer { get; set; } = "";

    /// <summary>What it says that an answer used.</summary>
    public int Tokens { get; set; } = 2;

    public bool Hangs { get; set; }

    public string? LastKey { get; private set; }

    public string LastBody { get; private set; } = "";

    public string Endpoint =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/v1";

    public static async Task<FakeChatApi> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var fake = new FakeChatApi(builder.Build());
        fake.app.MapPost("/v1/chat/completions", fake.CompleteAsync);
        await fake.app.StartAsync();
        return fake;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task<IResult> CompleteAsync(HttpRequest request)
    {
        LastKey = request.Headers.Authorization;
        LastBody = await new StreamReader(request.Body).ReadToEndAsync(request.HttpContext.RequestAborted);
        if (Hangs)
            await Task.Delay(Timeout.Infinite, request.HttpContext.RequestAborted);
        return Results.Json(
            new
            {
                id = "chatcmpl-1",
                @object = "chat.completion",
                created = 1_700_000_000,
                model = "small",
                choices = new[]
                {
                    new
                    {
                        index = 0,
                        finish_reason = "stop",
                        message = new { role = "assistant", content = Answer },
                    },
                },
                usage = new
                {
                    prompt_tokens = 1,
                    completion_tokens = 1,
                    total_tokens = Tokens,
                },
            },
            JsonSerializerOptions.Web
        );
    }
}
