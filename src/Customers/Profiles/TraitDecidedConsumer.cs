using System.Text.Json;
using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Customers.Privacy;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Customers.Profiles;

/// <summary>
/// An automation decided a trait: it enters the profile, where people and other services see it. Who a customer is (address, phone) is told by
/// shops and by customers themselves, never by an automation.
/// </summary>
internal sealed class TraitDecidedConsumer(InboxServices<CustomersDatabase> inbox, LateEvents late, TimeProvider clock)
    : InboxConsumer<CustomersDatabase, TraitDecided>(inbox)
{
    private static readonly string[] Identifying = ["email", "phone", "userId", "anonymousId"];

    public override async Task HandleAsync(IReadOnlyList<Received<TraitDecided>> messages, UnitOfWork work, CancellationToken ct)
    {
        var asked = messages.Select(m => m.Message.CustomerId).Distinct().ToArray();
        var erased = await work.QueryAsync<Guid>(
            "select id from unnest(@Ids::uuid[]) as said (id) where platform.is_erased(id)",
            new { Ids = asked },
            ct
        );
        late.Dropped(erased.Count);
        var current = (
            await work.QueryAsync<(Guid From, Guid Into)>(
                "select from_id, into_id from merges where from_id = any(@Ids)",
                new { Ids = asked },
                ct
            )
        ).ToDictionary(row => row.From, row => row.Into);
        await StoreProfiles.DecideAsync(
            work,
            [
                .. messages
                    .Select(m => m.Message)
                    .Where(said => !erased.Contains(said.CustomerId) && !Identifying.Contains(said.Trait, StringComparer.OrdinalIgnoreCase))
                    .Select(said =>
                        (
                            current.GetValueOrDefault(said.CustomerId, said.CustomerId),
                            JsonSerializer.SerializeToElement(new Dictionary<string, JsonElement> { [said.Trait] = said.Value }),
                            said.At.ToUniversalTime()
                        )
                    ),
            ],
            clock.GetUtcNow(),
            ct
        );
    }
}
