using MarketingPlatform.Chatbot.Understanding;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Chatbot.Catalogue;

/// <summary>A product as the bot offers it.</summary>
internal sealed record FoundProduct(
    string ProductId,
    string Name,
    string? Category,
    decimal? Price,
    string Currency,
    string? Url,
    bool InStock
);

/// <summary>
/// Products by the words of their name and category (English stems): those that hold most of the words asked for first, then those in stock.
/// </summary>
internal static class ProductSearch
{
    public const int Most = 3;
    private const int MaxTerms = 12;

    /// <summary>The words of a message that may name a product: without those that people ask with.</summary>
    public static IReadOnlyList<string> Terms(string text) =>
        [.. Wording.Words(text).Where(w => w.Length > 1 && !AskedWith.Contains(w)).Distinct().Take(MaxTerms)];

    public static async Task<IReadOnlyList<FoundProduct>> FindAsync(UnitOfWork work, IReadOnlyList<string> terms, CancellationToken ct) =>
        terms.Count == 0 ? [] : await work.QueryAsync<FoundProduct>(Sql, new { Terms = terms.ToArray(), Most }, ct);

    // PostgreSQL leaves out English stop words ("the", "for") by itself; these are the words of asking and of shops.
    private static readonly HashSet<string> AskedWith =
    [
        .. (
            "looking look searching search find show see need want would like love buy purchase get give got sell sells selling stock stocked offer offers carry "
            + "available availability much cost costs price priced cheap cheapest expensive recommend suggest suggestion product products item items "
            + "something anything some any thing things kind kinds sort sorts type types range please hi hello hey good nice great new pair shop store "
            + "browse ideas idea help could can one ones also else maybe really there here me mine your yours"
        ).Split(' '),
    ];

    // plainto_tsquery takes any text: nothing that a visitor writes is syntax.
    private const string Sql = """
        with asked as (select plainto_tsquery('english', term) as query from unnest(@Terms::text[]) as t (term)),
        wanted as (select query from asked where numnode(query) > 0)
        select p.product_id, p.name, p.category, p.price, p.currency, p.url, p.in_stock
        from products p join wanted w on p.words @@ w.query
        group by p.product_id
        order by count(*) desc, p.in_stock desc, sum(ts_rank(p.words, w.query)) desc, p.product_id
        limit @Most
        """;
}
