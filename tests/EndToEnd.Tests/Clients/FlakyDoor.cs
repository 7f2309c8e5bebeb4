using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MarketingPlatform.EndToEnd.Tests.Clients;

/// <summary>
/// A bad line to the platform: every other request arrives, and its answer is lost on the way back. Clients send such a request again.
/// </summary>
internal sealed class FlakyDoor : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient platform;
    private int requests;

    private FlakyDoor(Uri door)
    {
        platform = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(1) }) { BaseAddress = door };
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Run(HandleAsync);
    }

    public string Address => app.Urls.First();

    /// <summary>What the platform answered, in the order of requests.</summary>
    public List<HttpStatusCode> Answers { get; } = [];

    public static async Task<FlakyDoor> OpenAsync(Uri door, CancellationToken ct)
    {
        var flaky = new FlakyDoor(door);
        await flaky.app.StartAsync(ct);
        return flaky;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        platform.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var isLost = Interlocked.Increment(ref requests) % 2 == 1;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        using var request = new HttpRequestMessage(
            new HttpMethod(context.Request.Method),
            context.Request.Path + context.Request.QueryString
        )
        {
            Content = new ByteArrayContent(body.ToArray()),
        };
        foreach (var (name, values) in context.Request.Headers)
            if (
                !name.Equals("Host", StringComparison.OrdinalIgnoreCase)
                && !name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
                && !request.Headers.TryAddWithoutValidation(name, values.ToArray())
            )
                request.Content.Headers.TryAddWithoutValidation(name, values.ToArray());
        using var answer = await platform.SendAsync(request, context.RequestAborted);
        lock (Answers)
            Answers.Add(answer.StatusCode);
        context.Response.StatusCode = isLost ? StatusCodes.Status502BadGateway : (int)answer.StatusCode;
        await context.Response.WriteAsync(isLost ? "lost" : await answer.Content.ReadAsStringAsync(context.RequestAborted));
    }
}
