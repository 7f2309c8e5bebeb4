using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Platform.Hosting;
using Polly.Registry;

namespace MarketingPlatform.Email.Sending;

/// <summary>
/// Asks Recommendation what else to show. When it is late or down the list is empty and the mail leaves with its fall-back.
/// </summary>
internal sealed class RecommendationClient(HttpClient http, ResiliencePipelineProvider<string> pipelines)
{
    private const int MaxProductsAsked = 20;

    /// <param name="cart">Products that the customer has already: they guide the answer and are not in it.</param>
    public async Task<RecommendationList> AskAsync(Guid customer, IEnumerable<string> cart, int limit, CancellationToken ct) =>
        await pipelines
            .GetPipeline<RecommendationList>(EmailPipelines.Recommendations)
            .ExecuteAsync(async token => await GetAsync(customer, cart, limit, token), ct);

    /// <summary>The first call pays for discovery, token and connection: better before the first mail than on its account.</summary>
    public async Task WarmUpAsync(CancellationToken ct)
    {
        try
        {
            await GetAsync(Guid.Empty, [], 1, ct);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or System.Text.Json.JsonException)
        {
            // Not there yet: then a mail's own call has to do.
        }
    }

    private async Task<RecommendationList> GetAsync(Guid customer, IEnumerable<string> cart, int limit, CancellationToken ct)
    {
        var address = new StringBuilder(Routes.Recommendations).Append(CultureInfo.InvariantCulture, $"?customer={customer}&limit={limit}");
        foreach (var product in cart.Take(MaxProductsAsked))
            address.Append("&product=").Append(Uri.EscapeDataString(product));
        return await http.GetFromJsonAsync<RecommendationList>(new Uri(address.ToString(), UriKind.Relative), Json.Options, ct)
            ?? EmailPipelines.NoRecommendations;
    }
}
