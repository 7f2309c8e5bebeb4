using System.Text.Json;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Automations.Running;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Email.Automations.Events;

/// <summary>What changed about a product that its admirers would like to know.</summary>
/// <param name="Drop">By which share the price fell, 0 to 1; 0 for news of the stock.</param>
internal sealed record ProductNews(string Event, ProductChanged Product, decimal? OldPrice, decimal Drop)
{
    public static IEnumerable<ProductNews> Of(ProductChanged now, decimal? oldPrice, bool wasInStock)
    {
        if (now.InStock && !wasInStock)
            yield return new(EventNames.BackInStock, now, oldPrice, 0);
        // Nobody can buy the cheap thing that is sold out.
        if (now is { InStock: true, Price: { } price } && oldPrice is { } old && price < old)
            yield return new(EventNames.PriceDropped, now, old, decimal.Round((old - price) / old, 4));
    }

    public JsonElement ToData() =>
        JsonSerializer.SerializeToElement(
            new Dictionary<string, object?>
            {
                [EventData.Product] = Product.ProductId,
                ["drop"] = Drop,
                ["old_price"] = OldPrice,
                ["price"] = Product.Price,
                ["product"] = new Dictionary<string, object?>
                {
                    ["name"] = Product.Name,
                    ["url"] = Product.Url,
                    ["image_url"] = Product.ImageUrl,
                },
                // The same news of one version of the product never has two occasions.
                ["catalogue_version"] = Product.Version,
            }
        );
}

/// <summary>Tells automations that something a customer looked at costs less or is there again: only who looked lately, and did not buy since.</summary>
internal sealed class ProductChangedConsumer(InboxServices<EmailDatabase> inbox, AutomationIntake intake, TimeProvider clock)
    : InboxConsumer<EmailDatabase, ProductChanged>(inbox)
{
    /// <summary>Who looked longer ago has forgotten it.</summary>
    internal static readonly TimeSpan InterestLasts = TimeSpan.FromDays(60);

    public override async Task HandleAsync(IReadOnlyList<Received<ProductChanged>> messages, UnitOfWork work, CancellationToken ct)
    {
        var newest = messages.GroupBy(m => m.Message.ProductId).Select(group => group.MaxBy(m => m.Message.Version)!).ToArray();
        var before = (
            await work.QueryAsync<State>(
                "select product_id, version, price, in_stock from product_states where product_id = any(@Ids) order by product_id for update",
                new { Ids = newest.Select(m => m.Message.ProductId).ToArray() },
                ct
            )
        ).ToDictionary(state => state.ProductId);
        await SaveAsync(work, newest, ct);
        var news = newest
            .Where(m => before.TryGetValue(m.Message.ProductId, out var old) && old.Version < m.Message.Version)
            .SelectMany(m =>
                ProductNews
                    .Of(m.Message, before[m.Message.ProductId].Price, before[m.Message.ProductId].InStock)
                    .Select(one => (one, m.TraceParent))
            )
            .ToArray();
        foreach (var (one, trace) in news)
            if (await intake.CaresAboutAsync(one.Event, ct))
                await TellAsync(work, one, trace, ct);
    }

    private async Task TellAsync(UnitOfWork work, ProductNews news, string? trace, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var customers = await work.QueryAsync<Guid>(
            """
            select distinct coalesce(r.canonical_id, i.customer_id)
            from product_interests i left join recipients r using (customer_id)
            where i.product_id = @Product and i.at > @Since and not exists (
                select from purchases p left join recipients b on b.customer_id = p.customer_id
                where p.product_id = i.product_id and p.at >= i.at
                    and coalesce(b.canonical_id, p.customer_id) = coalesce(r.canonical_id, i.customer_id))
            """,
            new { Product = news.Product.ProductId, Since = now - InterestLasts },
            ct
        );
        var data = news.ToData();
        await intake.HandleAsync(
            work,
            customers.Select(customer => new AutomationEvent(Guid.CreateVersion7(now), customer, news.Event, news.Product.At, data, trace)),
            ct
        );
    }

    private static Task SaveAsync(UnitOfWork work, IReadOnlyCollection<Received<ProductChanged>> newest, CancellationToken ct) =>
        work.ExecuteAsync(
            """
            insert into product_states as s (product_id, version, price, in_stock)
            select * from unnest(@Ids::text[], @Versions::bigint[], @Prices::numeric[], @InStock::boolean[])
                as p (product_id, version, price, in_stock)
            order by 1
            on conflict (product_id) do update set version = excluded.version, price = excluded.price, in_stock = excluded.in_stock
            where excluded.version > s.version
            """,
            new
            {
                Ids = newest.Select(m => m.Message.ProductId).ToArray(),
                Versions = newest.Select(m => m.Message.Version).ToArray(),
                Prices = newest.Select(m => m.Message.Price).ToArray(),
                InStock = newest.Select(m => m.Message.InStock).ToArray(),
            },
            ct
        );

    private sealed record State(string ProductId, long Version, decimal? Price, bool InStock);
}
