using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Sending.Timing;
using MarketingPlatform.Platform.Data;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Automations.Running;

/// <summary>Reads what conditions can ask, for many people at once.</summary>
internal sealed class FactsReader(IOptions<Shop> shop)
{
    /// <summary>A rhythm is known once so many gaps between two orders of one customer were seen.</summary>
    public const int FewestGaps = 5;

    private static readonly Dictionary<string, TimeSpan> NoGaps = [];

    /// <summary>How far conditions look back.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(400);

    /// <param name="people">Canonical ids.</param>
    /// <param name="products">Whose rhythm may be asked.</param>
    public async Task<IReadOnlyDictionary<Guid, Facts>> LoadAsync(
        UnitOfWork work,
        Plans plans,
        Guid[] people,
        string[] products,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        if (people.Length == 0)
            return new Dictionary<Guid, Facts>();
        var persons = (await People.LoadAsync(work, people, ct)).ToDictionary(person => person.Id);
        var traits = (await work.QueryAsync<(Guid Person, string Traits)>(TraitsSql, new { People = people }, ct)).ToLookup(row =>
            row.Person
        );
        var segments = (await work.QueryAsync<(Guid Person, string Segment)>(SegmentsSql, new { People = people }, ct)).ToLookup(
            row => row.Person,
            row => row.Segment
        );
        var past = (
            await work.QueryAsync<PastRow>(
                PastSql,
                new
                {
                    People = people,
                    Names = plans.Remembers.ToArray(),
                    Since = now - Memory,
                },
                ct
            )
        ).ToLookup(row => row.Person, row => new PastEvent(row.Name, row.At));
        var gaps = products.Length == 0 ? NoGaps : await GapsAsync(work, products, ct);
        return people.ToDictionary(
            id => id,
            id => new Facts(
                TraitsOf(traits[id].Select(row => row.Traits)),
                segments[id].ToHashSet(),
                persons.GetValueOrDefault(id)?.ConsentGranted,
                ZoneOf(persons.GetValueOrDefault(id)?.TimeZone),
                [.. past[id]],
                gaps
            )
        );
    }

    public static async Task<Dictionary<string, TimeSpan>> GapsAsync(UnitOfWork work, string[] products, CancellationToken ct) =>
        (
            await work.QueryAsync<(string Product, double Seconds)>(GapsSql, new { Products = products, Fewest = FewestGaps }, ct)
        ).ToDictionary(row => row.Product, row => TimeSpan.FromSeconds(row.Seconds));

    private TimeZoneInfo ZoneOf(string? name)
    {
        LocalTimes.IsUnknown(shop.Value.TimeZone, TimeZoneInfo.Utc, out var shopZone);
        LocalTimes.IsUnknown(name, shopZone, out var zone);
        return zone;
    }

    // The last of them counts: those of the newest profile, then what automations gave.
    private static Dictionary<string, JsonElement> TraitsOf(IEnumerable<string> objects)
    {
        Dictionary<string, JsonElement> traits = [];
        foreach (var json in objects)
        foreach (var trait in JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!)
            traits[trait.Key] = trait.Value;
        return traits;
    }

    private sealed record PastRow(Guid Person, string Name, DateTimeOffset At);

    private const string TraitsSql = """
        select canonical_id as person, (traits || given_traits)::text as traits from recipients
        where canonical_id = any(@People) and (traits <> '{}' or given_traits <> '{}')
        order by canonical_id, customer_id = canonical_id, profile_at nulls first, customer_id
        """;

    private const string SegmentsSql = """
        select distinct r.canonical_id as person, s.segment
        from recipients r join segment_members s using (customer_id)
        where r.canonical_id = any(@People) and s.is_member
        """;

    private const string PastSql = """
        select r.canonical_id as person, e.name, e.at
        from recipients r join person_events e using (customer_id)
        where r.canonical_id = any(@People) and e.name = any(@Names) and e.at > @Since
        """;

    private const string GapsSql = """
        with orders as (
            select p.product_id, p.at - lag(p.at) over (partition by p.product_id, coalesce(r.canonical_id, p.customer_id) order by p.at) as gap
            from purchases p left join recipients r using (customer_id)
            where p.product_id = any(@Products)
        )
        select product_id as product, percentile_cont(0.5) within group (order by extract(epoch from gap)) as seconds
        from orders where gap >= interval '1 day'
        group by product_id having count(*) >= @Fewest
        """;
}
