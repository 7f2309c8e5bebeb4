using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.Automations.Events;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Automations.Running;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Email.Recipients;

/// <summary>Keeps address and names of the newest profile; an address that just became known may be what a welcome waited for.</summary>
internal sealed class CustomerProfileChangedConsumer(
    InboxServices<EmailDatabase> inbox,
    SigningKeys keys,
    Subscribing subscribing,
    AutomationIntake intake
) : InboxConsumer<EmailDatabase, CustomerProfileChanged>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<CustomerProfileChanged>> messages, UnitOfWork work, CancellationToken ct)
    {
        var newest = messages.Select(m => m.Message).GroupBy(p => p.CustomerId).Select(g => g.MaxBy(p => p.Version)!).ToArray();
        var hashes = new byte[]?[newest.Length];
        for (var i = 0; i < newest.Length; i++)
            hashes[i] = newest[i].Email is { } address ? await keys.HashAddressAsync(address, ct) : null;

        await work.ExecuteAsync(EmailDatabase.LockPeopleShared, null, ct);
        await work.ExecuteAsync(
            """
            insert into recipients (customer_id, canonical_id, version, email, address_hash, first_name, last_name, language, time_zone,
                profile_at, traits)
            select p.customer_id, p.customer_id, p.version, p.email, p.address_hash, p.first_name, p.last_name, p.language, p.time_zone, p.at,
                p.traits::jsonb
            from unnest(@Ids::uuid[], @Versions::bigint[], @Emails::text[], @Hashes::bytea[], @FirstNames::text[], @LastNames::text[],
                    @Languages::text[], @TimeZones::text[], @Times::timestamptz[], @Traits::text[])
                as p (customer_id, version, email, address_hash, first_name, last_name, language, time_zone, at, traits)
            where not is_erased(p.customer_id)
            order by p.customer_id
            on conflict (customer_id) do update set
                version = excluded.version, email = excluded.email, address_hash = excluded.address_hash,
                first_name = excluded.first_name, last_name = excluded.last_name, language = excluded.language,
                time_zone = excluded.time_zone, profile_at = excluded.profile_at, traits = excluded.traits
            where excluded.version > recipients.version
            """,
            new
            {
                Ids = newest.Select(p => p.CustomerId).ToArray(),
                Versions = newest.Select(p => p.Version).ToArray(),
                Emails = newest.Select(p => p.Email).ToArray(),
                Hashes = hashes,
                FirstNames = newest.Select(p => p.FirstName).ToArray(),
                LastNames = newest.Select(p => p.LastName).ToArray(),
                Languages = newest.Select(p => p.Language).ToArray(),
                Times = newest.Select(p => p.At.ToUniversalTime()).ToArray(),
                Traits = newest.Select(Traits).ToArray(),
                TimeZones = newest.Select(p => p.TimeZone).ToArray(),
            },
            ct
        );
        await subscribing.TellAsync(
            work,
            [.. messages.Where(m => m.Message.Email is not null).Select(m => new Cause(m.Message.CustomerId, m.TraceParent))],
            ct
        );
        await intake.HandleAsync(
            work,
            messages.Select(m => new AutomationEvent(
                m.MessageId,
                m.Message.CustomerId,
                EventNames.ProfileChanged,
                m.Message.At,
                EventData.Empty,
                m.TraceParent
            )),
            ct
        );
    }

    /// <summary>What conditions of automations can ask for, by the names that people write there.</summary>
    private static string Traits(CustomerProfileChanged profile)
    {
        Dictionary<string, object?> traits = new()
        {
            ["first_name"] = profile.FirstName,
            ["last_name"] = profile.LastName,
            ["age"] = profile.Age,
            ["gender"] = profile.Gender,
            ["country"] = profile.Country,
            ["city"] = profile.City,
            ["language"] = profile.Language,
            ["birthday"] = profile.BirthDate?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
        };
        return JsonSerializer.Serialize(traits.Where(trait => trait.Value is not null).ToDictionary());
    }
}
