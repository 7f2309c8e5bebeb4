using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Customers.Overview;

/// <summary>The shop at a glance: how many customers, and what happened on each of the last days. Reads sums that commits maintain.</summary>
internal static class ShowOverview
{
    private const int MaxDays = 366;

    public static void Map(IEndpointRouteBuilder root) => root.MapGet(Routes.Customers + "/overview", Handle).RequireScope(Scope.Read);

    private static async Task<Results<Ok<View>, ProblemHttpResult>> Handle(
        int? days,
        CustomersDatabase database,
        IOptions<Shop> shop,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var asked = days ?? 30;
        if (asked is < 1 or > MaxDays)
            return Problem.Invalid(new FieldError("days", $"Give a whole number from 1 to {MaxDays}."));
        var zone = TimeZoneInfo.FindSystemTimeZoneById(shop.Value.TimeZone);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone).DateTime);
        var first = today.AddDays(1 - asked);
        var sums = await database.QueryAsync<Sums>(DaysSql, new { First = first, Last = today }, ct);
        var people = await database.QuerySingleAsync<People>(PeopleSql, null, ct);
        var currency =
            sums.Where(row => row.Orders > 0).GroupBy(row => row.Currency).MaxBy(money => money.Sum(row => row.Orders))?.Key
            ?? shop.Value.Currency;
        var byDay = sums.ToLookup(row => row.Day);
        return TypedResults.Ok(
            new View(
                people.Customers,
                people.Identified,
                currency,
                [
                    .. Enumerable
                        .Range(0, asked)
                        .Select(first.AddDays)
                        .Select(day => new Day(
                            day,
                            byDay[day].Sum(row => row.Events),
                            byDay[day].Sum(row => row.Orders),
                            byDay[day].Where(row => row.Currency == currency).Sum(row => row.Revenue),
                            byDay[day].Sum(row => row.NewCustomers)
                        )),
                ]
            )
        );
    }

    /// <param name="Customers">Anonymous ones included.</param>
    /// <param name="Identified">Those with a user id or an e-mail address.</param>
    /// <param name="Currency">In which most orders of these days were placed; the shop's where there were none.</param>
    /// <param name="Days">Oldest first, today last, each day of the shop's time zone once.</param>
    internal sealed record View(long Customers, long Identified, string Currency, IReadOnlyList<Day> Days);

    /// <param name="Events">Accepted calls by the time they happened.</param>
    /// <param name="Revenue">Totals of the orders placed in <see cref="View.Currency"/>; refunds are not subtracted.</param>
    /// <param name="NewCustomers">Seen for the first time, anonymous ones included.</param>
    internal sealed record Day(
        [property: System.Text.Json.Serialization.JsonPropertyName("day")] DateOnly Date,
        long Events,
        long Orders,
        decimal Revenue,
        long NewCustomers
    );

    private sealed record Sums(DateOnly Day, string Currency, long Events, long Orders, decimal Revenue, long NewCustomers);

    private sealed record People(long Customers, long Identified);

    private const string DaysSql = """
        select day, currency, sum(events)::bigint as events, sum(orders)::bigint as orders, sum(revenue) as revenue,
               sum(new_customers)::bigint as new_customers
        from day_counts where day between @First and @Last group by day, currency
        """;

    private const string PeopleSql = """
        select coalesce(sum(customers), 0)::bigint as customers, coalesce(sum(identified), 0)::bigint as identified from customer_counts
        """;
}
