using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Dialogue;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Platform.Hosting;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Chatbot.Conversations;

/// <summary>Asks Recommendation for a visitor, known or not. When it is late or down the list is empty, and the bot says that it has nothing.</summary>
internal sealed class RecommendationClient(
    HttpClient http,
    IOptions<ChatbotOptions> options,
    TimeProvider clock,
    ILogger<RecommendationClient> log
)
{
    /// <param name="without">Ids of products that were recommended already.</param>
    public async Task<IReadOnlyList<RecommendedProduct>> ForAsync(Guid? customer, IReadOnlyList<string> without, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(options.Value.RecommendationTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
        var who = customer is { } id ? $"customer={id}&" : "";
        try
        {
            var address = new Uri($"{Routes.Recommendations}?{who}limit={ProductSearch.Most + without.Count}", UriKind.Relative);
            var items = (await http.GetFromJsonAsync<RecommendationList>(address, Json.Options, both.Token))?.Items ?? [];
            return [.. items.Where(item => !without.Contains(item.ProductId)).Take(ProductSearch.Most)];
        }
        catch (Exception e)
            when (e is HttpRequestException or System.Text.Json.JsonException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            log.LogWarning("Recommendation did not answer: {Reason}", e.Message);
            return [];
        }
    }
}

/// <summary>Words for recommended products, each with its reason.</summary>
internal static class RecommendReply
{
    /// <summary>Who asks again wants others: what was recommended just before.</summary>
    public static IReadOnlyList<string> Seen(Turn turn) =>
        turn.State is { Done: { } done, Sought.Seen: { } seen } && turn.Script.Intent(done.Intent) is { Do: Deed.Recommend }
            ? [.. seen.Take(MostLeftOut)]
            : [];

    private static string Around(Reply reply, string recommended) => $"{reply.Text} {recommended} {reply.Behind}".Trim();

    // What Recommendation is asked for has its limit.
    private const int MostLeftOut = 40;

    public static Reply Complete(Turn turn, Reply reply, IReadOnlyList<RecommendedProduct> products)
    {
        if (products.Count == 0)
            return reply with { Act = null, Text = Around(reply, turn.Says("nothing-to-recommend")), Needs = reply.Needs ?? Need.Product };
        FoundProduct[] shown =
        [
            .. products.Select(p => new FoundProduct(p.ProductId, p.Name, p.Category, p.Price, p.Currency, p.Url, true)),
        ];
        var list = string.Join("; ", shown.Zip(products, (product, why) => $"{ProductReplies.List([product], turn)} ({why.Reason})"));
        return reply with
        {
            Act = null,
            Text = Around(reply, turn.Says("recommended", ("products", list))),
            Products = shown,
            State = reply.State with
            {
                Shown = shown,
                Sought = new Sought(
                    [.. shown.SelectMany(product => ProductSearch.Terms(product.Category ?? "")).Distinct()],
                    PriceRange.Any,
                    [.. shown.Select(product => product.ProductId), .. Seen(turn)]
                ),
            },
        };
    }
}
