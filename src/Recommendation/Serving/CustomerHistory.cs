namespace MarketingPlatform.Recommendation.Serving;

/// <summary>A product that a customer bought, at the newest time.</summary>
internal readonly record struct Purchase(string ProductId, DateTimeOffset At);

/// <summary>A product that a customer looked at or put into a cart.</summary>
internal readonly record struct Interest(string ProductId, bool AddedToCart, DateTimeOffset At);

/// <summary>What is known of a person, newest first. Empty for an unknown one and for one who does not want to be profiled.</summary>
internal sealed record CustomerHistory(IReadOnlyList<Purchase> Bought, IReadOnlyList<Interest> Interests)
{
    public static readonly CustomerHistory Empty = new([], []);

    /// <summary>All ids of the person count as one; the latest consent of any of them decides.</summary>
    public static async Task<CustomerHistory> ReadAsync(RecommendationDatabase database, Guid customer, CancellationToken cancellation)
    {
        var rows = await database.QueryAsync<Row>(Sql, new { customer }, cancellation);
        return new CustomerHistory(
            [.. rows.Where(r => r.Kind == "bought").Select(r => new Purchase(r.ProductId, r.At))],
            [.. rows.Where(r => r.Kind != "bought").Select(r => new Interest(r.ProductId, r.Kind == "added", r.At))]
        );
    }

    private sealed record Row(string Kind, string ProductId, DateTimeOffset At);

    private const string Sql = """
        with person as materialized (
            select id from same_person(@customer) id
        ), allowed as materialized (
            select coalesce(
                (select granted from profiling_consents where customer_id in (select id from person) order by at desc, granted limit 1),
                true) as profiling
        )
        (select 'bought' as kind, product_id, max(at) as at
         from bought
         where customer_id in (select id from person) and (select profiling from allowed)
         group by product_id
         order by 3 desc
         limit 1000)
        union all
        (select case when adds > 0 then 'added' else 'viewed' end, product_id, last_at
         from product_interest
         where customer_id in (select id from person) and (select profiling from allowed)
         order by last_at desc
         limit 20)
        """;
}
