using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Contracts.Segmentation;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Customers.Profiles;

/// <summary>What Recommendation would offer; nothing where it does not answer within a second, since the rest is worth having without.</summary>
internal sealed class RecommendationsClient(HttpClient http, TimeProvider clock, ILogger<RecommendationsClient> log)
{
    public async Task<RecommendedProduct?> BestForAsync(Guid customer, CancellationToken ct) =>
        await Patience.AskAsync<RecommendationList>(http, $"{Routes.Recommendations}?customer={customer}&limit=1", clock, log, ct)
            is { Items: [var best, ..] }
            ? best
            : null;
}

/// <summary>What Segmentation's models say; null where it does not answer within a second.</summary>
internal sealed class ScoresClient(HttpClient http, TimeProvider clock, ILogger<ScoresClient> log)
{
    public async Task<IReadOnlyList<CustomerScore>?> OfAsync(Guid customer, CancellationToken ct) =>
        (await Patience.AskAsync<CustomerScores>(http, $"{Routes.Predictions}/scores?customer={customer}", clock, log, ct))?.Items;
}

/// <summary>A question to another service that nobody waits long for.</summary>
internal static class Patience
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    public static async Task<T?> AskAsync<T>(HttpClient http, string path, TimeProvider clock, ILogger log, CancellationToken ct)
        where T : class
    {
        using var patience = new CancellationTokenSource(Longest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        try
        {
            return await http.GetFromJsonAsync<T>(new Uri(path, UriKind.Relative), Json.Options, either.Token);
        }
        catch (Exception e)
            when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            log.LogInformation("A summary without the answer of {Path}: {Cause}", path, e.Message);
            return null;
        }
    }
}
