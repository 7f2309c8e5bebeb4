using System.Text.Json.Nodes;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Segmentation.Rules;

namespace MarketingPlatform.Segmentation.Customers;

/// <summary>Keeps the snapshot with the highest version: of it, what segments may ask for, and no name or address.</summary>
internal sealed class CustomerProfileChangedConsumer(InboxServices<SegmentationDatabase> inbox)
    : InboxConsumer<SegmentationDatabase, CustomerProfileChanged>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<CustomerProfileChanged>> messages, UnitOfWork work, CancellationToken ct)
    {
        var profiles = messages.Select(m => m.Message).ToList();
        await work.ExecuteAsync(
            Sql,
            new
            {
                Ids = profiles.ConvertAll(p => p.CustomerId).ToArray(),
                Versions = profiles.ConvertAll(p => p.Version).ToArray(),
                HasEmail = profiles.ConvertAll(p => p.Email is not null).ToArray(),
                Ages = profiles.ConvertAll(p => p.Age).ToArray(),
                Genders = profiles.ConvertAll(p => p.Gender).ToArray(),
                Countries = profiles.ConvertAll(p => p.Country).ToArray(),
                Cities = profiles.ConvertAll(p => p.City).ToArray(),
                Languages = profiles.ConvertAll(p => p.Language).ToArray(),
                TimeZones = profiles.ConvertAll(p => p.TimeZone).ToArray(),
                Traits = profiles.ConvertAll(TraitsOf).ToArray(),
                FirstSeen = profiles.ConvertAll(p => p.FirstSeenAt.UtcDateTime).ToArray(),
                Changed = profiles.ConvertAll(p => p.At.UtcDateTime).ToArray(),
            },
            ct
        );
        await StoreEvents.MarkAsync(work, profiles.Select(p => p.CustomerId), ct);
    }

    /// <summary>What rules may ask for, folded, under the names of <see cref="Vocabulary.Traits"/>.</summary>
    internal static string TraitsOf(CustomerProfileChanged profile)
    {
        var traits = new JsonObject { ["has_email"] = profile.Email is not null };
        if (profile.Age is { } age)
            traits["age"] = age;
        foreach (
            var (name, value) in new[]
            {
                ("gender", profile.Gender),
                ("country", profile.Country),
                ("city", profile.City),
                ("language", profile.Language),
                ("time_zone", profile.TimeZone),
            }
        )
            if (value is not null && Literal.Fold(value) is { Length: > 0 } folded)
                traits[name] = folded;
        return traits.ToJsonString();
    }

    private const string Sql = $"""
        {SegmentationDatabase.SharedWithErasure}
        insert into customers as c
            (origin_id, version, has_email, age, gender, country, city, language, time_zone, traits, first_seen_at, last_seen_at)
        select distinct on (id) id, version, has_email, age, gender, country, city, language, time_zone, traits::jsonb,
               min(first_seen) over same, max(greatest(first_seen, changed)) over same
        from unnest(@Ids::uuid[], @Versions::bigint[], @HasEmail::boolean[], @Ages::int[], @Genders::text[], @Countries::text[],
                    @Cities::text[], @Languages::text[], @TimeZones::text[], @Traits::text[],
                    @FirstSeen::timestamptz[], @Changed::timestamptz[])
            as news (id, version, has_email, age, gender, country, city, language, time_zone, traits, first_seen, changed)
        where not is_erased(id)
        window same as (partition by id)
        order by id, version desc
        on conflict (origin_id) do update set
            version = greatest(c.version, excluded.version),
            has_email = case when excluded.version > c.version then excluded.has_email else c.has_email end,
            age = case when excluded.version > c.version then excluded.age else c.age end,
            gender = case when excluded.version > c.version then excluded.gender else c.gender end,
            country = case when excluded.version > c.version then excluded.country else c.country end,
            city = case when excluded.version > c.version then excluded.city else c.city end,
            language = case when excluded.version > c.version then excluded.language else c.language end,
            time_zone = case when excluded.version > c.version then excluded.time_zone else c.time_zone end,
            traits = case when excluded.version > c.version then excluded.traits else c.traits end,
            first_seen_at = least(c.first_seen_at, excluded.first_seen_at),
            last_seen_at = greatest(c.last_seen_at, excluded.last_seen_at);
        {SegmentationDatabase.MarkChanged}
        """;
}
