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
    public async Task<IReadOnlyList<RecommendedProduct>> ForAsync(Guid? customer, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(options.Value.RecommendationTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
        var who = customer is { } id ? $"customer={id}&" : "";
        try
        {
            var address = new Uri($"{Routes.Recommendations}?{who}limit={ProductSearch.Most}", UriKind.Relative);
            return (await http.GetFromJsonAsync<RecommendationList>(address, Json.Options, both.Token))?.Items ?? [];
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
    public static Reply Complete(Turn turn, Reply reply, IReadOnlyList<RecommendedProduct> products)
    {
        if (products.Count == 0)
            return reply with { Act = null, Text = $"{reply.Text} {turn.Says("nothing-to-recommend")}".Trim(), Needs = Need.Product };
        FoundProduct[] shown =
        [
            .. products.Select(p => new FoundProduct(p.ProductId, p.Name, p.Category, p.Price, p.Currency, p.Url, true)),
        ];
        var list = string.Join("; ", shown.Zip(products, (product, why) => $"{ProductReplies.List([product], turn)} ({why.Reason})"));
        return reply with
        {
            Act = null,
            Text = $"{reply.Text} {turn.Says("recommended", ("products", list))}".Trim(),
            Products = shown,
            State = reply.State with { Shown = shown },
        };
    }
}
