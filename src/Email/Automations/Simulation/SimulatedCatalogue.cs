using System.Text.Json;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Email.Automations.Events;
using MarketingPlatform.Email.Automations.Execution;

namespace MarketingPlatform.Email.Automations.Simulation;

/// <summary>Prices, stock and who looked at what: what the service keeps to tell of better prices and of goods that are back.</summary>
internal sealed class SimulatedCatalogue
{
    /// <summary>An event of no customer: a product as the catalogue now has it (product_id, name, price, in_stock).</summary>
    public const string ProductChanged = "product";

    private readonly Dictionary<string, (decimal? Price, bool InStock)> states = [];
    private readonly Dictionary<string, Dictionary<Guid, DateTimeOffset>> interests = [];
    private readonly Dictionary<(Guid, string), DateTimeOffset> bought = [];

    public void Watch(AutomationEvent happened)
    {
        if (happened.Name is not (EventNames.ProductViewed or EventNames.Order))
            return;
        foreach (var product in EventData.Products(happened.Data))
            if (happened.Name == EventNames.Order)
                bought[(happened.CustomerId, product)] = happened.At;
            else
            {
                if (!interests.TryGetValue(product, out var seen))
                    interests[product] = seen = [];
                seen[happened.CustomerId] = happened.At;
            }
    }

    public IReadOnlyList<(Guid Customer, AutomationEvent News)> Learn(AutomationEvent happened, DateTimeOffset now)
    {
        if (EventData.Text(happened.Data, EventData.Product) is not { } product)
            return [];
        var known = states.TryGetValue(product, out var before);
        decimal? price =
            happened.Data.TryGetProperty("price", out var given) && given.ValueKind == JsonValueKind.Number
                ? given.GetDecimal()
                : before.Price;
        var inStock = !happened.Data.TryGetProperty("in_stock", out var stock) || stock.ValueKind == JsonValueKind.True;
        states[product] = (price, inStock);
        if (!known || !interests.TryGetValue(product, out var seen))
            return [];
        var changed = new ProductChanged(
            product,
            0,
            EventData.Text(happened.Data, "name") ?? product,
            null,
            price,
            EventData.Text(happened.Data, "currency") ?? "",
            null,
            null,
            inStock,
            happened.At
        );
        return
        [
            .. ProductNews
                .Of(changed, before.Price, before.InStock)
                .SelectMany(news =>
                    seen.Where(view =>
                            view.Value > now - ProductChangedConsumer.InterestLasts
                            && !(bought.TryGetValue((view.Key, product), out var at) && at >= view.Value)
                        )
                        .Select(view => (view.Key, new AutomationEvent(default, view.Key, news.Event, happened.At, news.ToData())))
                ),
        ];
    }
}
