using System.Text.Json;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Customers.Profiles;

/// <summary>Profiles as the database keeps them: the traits with their times, and beside them the columns that are read from the traits.</summary>
internal static class ProfileRows
{
    /// <returns>The profiles of these customers, locked until the transaction ends.</returns>
    public static async Task<IReadOnlyList<Profile>> LoadAsync(UnitOfWork work, IEnumerable<Guid> ids, CancellationToken ct) =>
        [.. (await work.QueryAsync<Row>(LoadSql, new { Ids = ids.ToArray() }, ct)).Select(row => row.ToProfile())];

    /// <returns>The parts that a person was merged of, each as it was then.</returns>
    public static async Task<IReadOnlyList<Profile>> LoadPartsAsync(UnitOfWork work, Guid customer, CancellationToken ct) =>
        [
            .. (
                await work.QueryAsync<Row>(
                    """
                    select origin_id as id, version, user_id, traits::text as traits, first_seen_at, last_seen_at
                    from profile_parts where customer_id = @Id
                    """,
                    new { Id = customer },
                    ct
                )
            ).Select(row => row.ToProfile()),
        ];

    /// <summary>Stores what changed, and publishes what other services keep of it.</summary>
    /// <param name="before">As stored.</param>
    /// <param name="traces">Of the calls that changed a customer.</param>
    public static async Task SaveAsync(
        UnitOfWork work,
        Dictionary<Guid, Profile> before,
        Dictionary<Guid, Profile> after,
        Dictionary<Guid, string?> traces,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var saved = new List<(Profile Profile, Demographics Demographics, SearchText Search)>();
        foreach (var profile in after.Values)
        {
            var old = before.GetValueOrDefault(profile.Id);
            if (old == profile)
                continue;
            var demographics = Demographics.Read(profile.Traits, now);
            // Other services hear of what they keep; that somebody was seen again is told by behaviour.
            var isNews =
                old is null
                || old.FirstSeenAt != profile.FirstSeenAt
                || old.UserId != profile.UserId
                || Demographics.Read(old.Traits, now) != demographics;
            var next = isNews ? profile with { Version = profile.Version + 1 } : profile;
            saved.Add((next, demographics, SearchText.Of(demographics.Email, demographics.FirstName, demographics.LastName, next.UserId)));
            if (isNews)
                work.Publish(demographics.ToEvent(next, next.LastSeenAt), traces.GetValueOrDefault(next.Id));
        }
        if (saved.Count == 0)
            return;
        await work.ExecuteAsync(
            SaveSql,
            new
            {
                Ids = saved.Select(s => s.Profile.Id).ToArray(),
                Versions = saved.Select(s => s.Profile.Version).ToArray(),
                UserIds = saved.Select(s => s.Profile.UserId).ToArray(),
                Emails = saved.Select(s => s.Demographics.Email).ToArray(),
                FirstNames = saved.Select(s => s.Demographics.FirstName).ToArray(),
                LastNames = saved.Select(s => s.Demographics.LastName).ToArray(),
                Ages = saved.Select(s => s.Demographics.Age).ToArray(),
                Genders = saved.Select(s => s.Demographics.Gender).ToArray(),
                Countries = saved.Select(s => s.Demographics.Country).ToArray(),
                Cities = saved.Select(s => s.Demographics.City).ToArray(),
                Languages = saved.Select(s => s.Demographics.Language).ToArray(),
                TimeZones = saved.Select(s => s.Demographics.TimeZone).ToArray(),
                SearchTexts = saved.Select(s => s.Search.Text).ToArray(),
                SearchPieces = saved.Select(s => string.Join('\n', s.Search.Pieces)).ToArray(),
                Traits = saved.Select(s => JsonSerializer.Serialize(s.Profile.Traits, Json.Options)).ToArray(),
                FirstSeen = saved.Select(s => s.Profile.FirstSeenAt).ToArray(),
                LastSeen = saved.Select(s => s.Profile.LastSeenAt).ToArray(),
            },
            ct
        );
    }

    private sealed record Row(Guid Id, long Version, string? UserId, string Traits, DateTimeOffset FirstSeenAt, DateTimeOffset LastSeenAt)
    {
        public Profile ToProfile() =>
            new(Id, Version, UserId, JsonSerializer.Deserialize<Dictionary<string, Trait>>(Traits, Json.Options)!, FirstSeenAt, LastSeenAt);
    }

    // Ordered, so that two instances lock the same customers in the same order.
    private const string LoadSql = """
        select id, version, user_id, traits::text as traits, first_seen_at, last_seen_at
        from customers where id = any(@Ids) order by id for no key update
        """;

    private const string SaveSql = """
        insert into customers (id, version, user_id, email, first_name, last_name, age, gender, country, city, language, time_zone, traits,
                               search_text, search_pieces, first_seen_at, last_seen_at)
        select id, version, user_id, email, first_name, last_name, age, gender, country, city, language, time_zone, traits::jsonb,
               search_text, string_to_array(search_pieces, E'\n'), first_seen, last_seen
        from unnest(@Ids::uuid[], @Versions::bigint[], @UserIds::text[], @Emails::text[], @FirstNames::text[], @LastNames::text[], @Ages::int[],
                    @Genders::text[], @Countries::text[], @Cities::text[], @Languages::text[], @TimeZones::text[], @Traits::text[],
                    @SearchTexts::text[], @SearchPieces::text[], @FirstSeen::timestamptz[], @LastSeen::timestamptz[])
            as s (id, version, user_id, email, first_name, last_name, age, gender, country, city, language, time_zone, traits,
                  search_text, search_pieces, first_seen, last_seen)
        on conflict (id) do update set
            version = excluded.version, user_id = excluded.user_id, email = excluded.email, first_name = excluded.first_name,
            last_name = excluded.last_name, age = excluded.age, gender = excluded.gender, country = excluded.country, city = excluded.city,
            language = excluded.language, time_zone = excluded.time_zone, traits = excluded.traits,
            search_text = excluded.search_text, search_pieces = excluded.search_pieces, first_seen_at = excluded.first_seen_at,
            last_seen_at = excluded.last_seen_at
        """;
}
