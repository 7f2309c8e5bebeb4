using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Serialization;
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
    /// <summary>The most customers of one question for many.</summary>
    public const int MaxCustomers = 500;

    /// <summary>The placement of a mail's block: its rules, its row in the report.</summary>
    private const string Placement = "mail";

    private const string Batch = Routes.Recommendations + "/batch";
    private const int MaxProductsAsked = 20;

    /// <param name="cart">Products that the customer has already: they guide the answer and are not in it.</param>
    /// <param name="preview">Nobody receives it: Recommendation does not count it.</param>
    public async Task<RecommendationList> AskAsync(
        Guid customer,
        IEnumerable<string> cart,
        int limit,
        bool preview,
        CancellationToken ct
    ) =>
        await pipelines
            .GetPipeline<RecommendationList>(EmailPipelines.Recommendations)
            .ExecuteAsync(async token => await GetAsync(customer, cart, limit, preview, token), ct);

    /// <returns>What to show each customer, empty where there is no answer in time; null where questions for many are not understood.</returns>
    public async Task<IReadOnlyDictionary<Guid, RecommendationList>?> AskManyAsync(
        IReadOnlyList<Guid> customers,
        int limit,
        CancellationToken ct
    )
    {
        var answer = await pipelines
            .GetPipeline<RecommendationSet>(EmailPipelines.RecommendationSets)
            .ExecuteAsync(async token => await PostAsync(new(customers, Placement, limit), token), ct);
        return answer.IsUnknown ? null : answer.Customers.ToDictionary(one => one.CustomerId, one => one.Recommendations);
    }

    /// <summary>The first call pays for discovery, token and connection: better before the first mail than on its account.</summary>
    public async Task WarmUpAsync(CancellationToken ct)
    {
        try
        {
            await GetAsync(Guid.Empty, [], 1, preview: true, ct);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or System.Text.Json.JsonException)
        {
            // Not there yet: then a mail's own call has to do.
        }
    }

    private async Task<RecommendationList> GetAsync(Guid customer, IEnumerable<string> cart, int limit, bool preview, CancellationToken ct)
    {
        var address = new StringBuilder(Routes.Recommendations).Append(
            CultureInfo.InvariantCulture,
            $"?customer={customer}&placement={Placement}&limit={limit}"
        );
        foreach (var product in cart.Take(MaxProductsAsked))
            address.Append("&cart=").Append(Uri.EscapeDataString(product));
        if (preview)
            address.Append("&preview=true");
        return await http.GetFromJsonAsync<RecommendationList>(new Uri(address.ToString(), UriKind.Relative), Json.Options, ct)
            ?? EmailPipelines.NoRecommendations;
    }

    private async Task<RecommendationSet> PostAsync(RecommendationQuestion question, CancellationToken ct)
    {
        using var response = await http.PostAsJsonAsync(new Uri(Batch, UriKind.Relative), question, Json.Options, ct);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed)
            return RecommendationSet.Unknown;
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<RecommendationSet>(Json.Options, ct) ?? RecommendationSet.Nothing;
    }
}

/// <summary>Body of <c>POST /api/v1/recommendations/batch</c>.</summary>
internal sealed record RecommendationQuestion(IReadOnlyList<Guid> Customers, string Placement, int Limit);

/// <summary>Its answer.</summary>
internal sealed record RecommendationSet(IReadOnlyList<RecommendationSet.One> Customers)
{
    public static readonly RecommendationSet Nothing = new([]);

    /// <summary>An older Recommendation, which answers for one customer at a time.</summary>
    public static readonly RecommendationSet Unknown = new([]) { IsUnknown = true };

    [JsonIgnore]
    public bool IsUnknown { get; private init; }

    internal sealed record One(Guid CustomerId, RecommendationList Recommendations);
}
