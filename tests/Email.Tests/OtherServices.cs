using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Recommendation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MarketingPlatform.Email.Tests;

/// <summary>A stand-in for Recommendation, Segmentation and Gateway: it answers what a test says.</summary>
internal sealed class OtherServices : IAsyncDisposable
{
    private WebApplication app = null!;

    public string Address => AddressOf(app);

    /// <summary>Segmentation's segments, by key.</summary>
    public Dictionary<string, IReadOnlyList<Guid>> Segments { get; } = [];

    /// <summary>Whether Segmentation refuses to answer, in a way that nobody tries again.</summary>
    public bool WithholdsSegments { get; set; }

    /// <summary>What Customers has recorded of an event, or of all, in so many days.</summary>
    public Func<string?, int, IResult> ShopEvents { get; set; } = (_, _) => Results.StatusCode(StatusCodes.Status403Forbidden);

    /// <summary>What Recommendation answers; may take its time or fail.</summary>
    public Func<HttpRequest, Task<IResult>> Recommend { get; set; } = RecommendThree;

    /// <summary>What Recommendation answers to a question for many; null: it does not understand such questions.</summary>
    public Func<IReadOnlyList<Guid>, IResult>? RecommendMany { get; set; }

    /// <summary>What Recommendation knows of a product.</summary>
    public Func<string, IResult> FindProduct { get; set; } = _ => Results.NotFound();

    public static Task<IResult> RecommendThree(HttpRequest _) => Task.FromResult(Results.Ok(Recommended("Scones", "Jam", "Biscuits")));

    public static RecommendationList Recommended(params string[] names) =>
        new(
            "v1",
            [
                .. names.Select(name => new RecommendedProduct(
                    "R-" + name,
                    name,
                    null,
                    3,
                    "EUR",
                    null,
                    null,
                    1,
                    $"Goes with tea: {name}",
                    "co-purchase"
                )),
            ]
        );

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapPost("/api/v1/token", () => Results.Json(new { token = "for-services", expiresAt = RunningEmail.Now.AddHours(1) }));
        app.MapGet(Routes.Recommendations, (HttpRequest request) => Recommend(request));
        app.MapPost(
            Routes.Recommendations + "/batch",
            (System.Text.Json.JsonElement question) =>
                RecommendMany?.Invoke([.. question.GetProperty("customers").EnumerateArray().Select(id => id.GetGuid())])
                ?? Results.NotFound()
        );
        app.MapGet(Routes.Segments + "/{segment}/members", (string segment, string? cursor) => Members(segment, cursor));
        app.MapGet(
            Routes.Segments,
            () =>
                WithholdsSegments
                    ? Results.StatusCode(StatusCodes.Status403Forbidden)
                    : Results.Json(new { items = Segments.Keys.Select(key => new { key }), nextCursor = (string?)null })
        );
        app.MapGet(Routes.Customers + "/events", (string? name, int days) => ShopEvents(name, days));
        app.MapGet(Routes.Products + "/{**id}", (string id) => FindProduct(id));
        await app.StartAsync(TestContext.Current.CancellationToken);
    }

    private IResult Members(string segment, string? cursor)
    {
        if (WithholdsSegments)
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        if (!Segments.TryGetValue(segment, out var members))
            return Results.NotFound();
        // Two a page, so that every reader has to turn them.
        var from = int.Parse(cursor ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        var page = members.Skip(from).Take(2).Select(id => new { customerId = id });
        var next = from + 2 < members.Count ? (from + 2).ToString(System.Globalization.CultureInfo.InvariantCulture) : null;
        return Results.Json(new { items = page, nextCursor = next });
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    public static string AddressOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
}
