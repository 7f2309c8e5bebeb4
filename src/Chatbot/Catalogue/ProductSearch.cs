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

/// <summary>What the catalogue holds of a search.</summary>
/// <param name="Nearest">Where the words fit but the price does not: the product whose price comes nearest; else null.</param>
/// <param name="Categories">Where nothing fits the words: the largest categories of what the shop has.</param>
/// <param name="OtherCurrency">
/// Where the amount that was named is in a currency that no fitting product has: the one that they have, and the products are those of any price.
/// </param>
internal sealed record Findings(
    IReadOnlyList<FoundProduct> Products,
    FoundProduct? Nearest,
    IReadOnlyList<string> Categories,
    string? OtherCurrency = null
)
{
    public static readonly Findings Nothing = new([], null, []);
}

/// <summary>
/// Products by the words of their name and category (English stems): those that hold most of the words asked for first, then those in stock, then those
/// of a category that is called so: "tea" is the teas before the books about it. Where
/// the price matters only those with as many of the words as any product has count, so "cheaper" never leads to something else.
/// </summary>
internal static class ProductSearch
{
    public const int Most = 3;
    private const int MaxTerms = 12;
    private const int MaxCategories = 6;

    /// <summary>The words of a message that may name a product: without those that people ask with.</summary>
    /// <param name="language">ISO 639-1 of the message.</param>
    public static IReadOnlyList<string> Terms(string text, string language = "en") =>
        [.. Wording.Words(text).Where(w => w.Length > 1 && !AskingWords.Hold(w, language)).Distinct().Take(MaxTerms)];

    /// <param name="own">Of how many terms, from the first on, a product that has one comes before others with as many.</param>
    /// <param name="without">Ids of products that are not to be found: they were shown already.</param>
    public static async Task<Findings> FindAsync(
        UnitOfWork work,
        IReadOnlyList<string> terms,
        PriceRange price,
        IReadOnlyList<string> without,
        int own,
        CancellationToken ct
    )
    {
        if (terms.Count == 0 && !price.Matters)
            return Findings.Nothing;
        var found = await RowsAsync(work, terms, price, without, own, ct);
        if (found.Count > 0)
            return new(found, null, []);
        if (price.IsSupposed)
            return await FindAsync(work, terms, PriceRange.Any, without, own, ct);
        if (price.IsBound)
        {
            // "Under 5 euros" and nothing is: the cheapest comes nearest.
            var nearest = new PriceRange(Currency: price.Currency, Order: price.Most is null ? PriceOrder.Dearest : PriceOrder.Cheapest);
            if (await RowsAsync(work, terms, nearest, [], own, ct) is [var first, ..])
                return new([], first, []);
            if (price.Currency is not null && await RowsAsync(work, terms, PriceRange.Any, without, own, ct) is [var other, ..] any)
                return new(terms.Count > 0 ? any : [], null, [], other.Currency);
        }
        return without.Count > 0
            ? Findings.Nothing
            : new([], null, await work.QueryAsync<string>(CategoriesSql, new { MaxCategories }, ct));
    }

    private static Task<IReadOnlyList<FoundProduct>> RowsAsync(
        UnitOfWork work,
        IReadOnlyList<string> terms,
        PriceRange price,
        IReadOnlyList<string> without,
        int own,
        CancellationToken ct
    ) =>
        work.QueryAsync<FoundProduct>(
            (terms.Count == 0 ? AllSql : ByWordsSql) + FittingSql,
            new
            {
                Terms = terms.ToArray(),
                Without = without.ToArray(),
                price.Matters,
                price.Least,
                price.Most,
                price.MoreThanLeast,
                price.LessThanMost,
                price.Currency,
                Cheapest = price.Order == PriceOrder.Cheapest,
                Dearest = price.Order == PriceOrder.Dearest,
                Own = own,
                Limit = Most,
            },
            ct
        );

    // plainto_tsquery takes any text: nothing that a visitor writes is syntax.
    private const string ByWordsSql = """
        with asked as (select plainto_tsquery('english', term) as query, place <= @Own as is_own
            from unnest(@Terms::text[]) with ordinality as t (term, place)),
        wanted as (select * from asked where numnode(query) > 0),
        matched as (
            select p.product_id, count(*) as held, sum(ts_rank(p.words, w.query)) as rank,
                bool_or(to_tsvector('english', coalesce(p.category, '')) @@ w.query) as is_kind,
                bool_or(w.is_own) as is_own
            from products p join wanted w on p.words @@ w.query
            group by p.product_id
        )
        """;

    private const string AllSql =
        "with matched as (select product_id, 0 as held, 0 as rank, false as is_kind, false as is_own from products)";

    private const string FittingSql = """

        select p.product_id, p.name, p.category, p.price, p.currency, p.url, p.in_stock
        from matched m join products p using (product_id)
        where p.product_id <> all (@Without::text[])
          and (not @Matters or (
              m.held = (select max(held) from matched)
              and p.price is not null
              and (@Currency::text is null or p.currency = @Currency)
              and (@Least::numeric is null or p.price > @Least or (p.price = @Least and not @MoreThanLeast))
              and (@Most::numeric is null or p.price < @Most or (p.price = @Most and not @LessThanMost))
          ))
        order by m.held desc, m.is_own desc, p.in_stock desc, m.is_kind desc, case when @Cheapest then p.price when @Dearest then -p.price end, m.rank desc, p.product_id
        limit @Limit
        """;

    private const string CategoriesSql = """
        select category from products where category <> '' and in_stock group by category order by count(*) desc, category limit @MaxCategories
        """;
}
