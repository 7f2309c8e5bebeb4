using System.Text.Json;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Customers.Timeline;

/// <summary>Something that a customer's timeline tells and that is no call of the collect API.</summary>
/// <param name="Properties">Serialised as they are; null for none.</param>
internal sealed record TimelineEntry(Guid CustomerId, string Kind, string? Name, object? Properties, DateTimeOffset At);

internal static class StoreEntries
{
    public static Task StoreAsync(UnitOfWork work, IReadOnlyList<TimelineEntry> entries, DateTimeOffset now, CancellationToken ct) =>
        entries.Count == 0
            ? Task.CompletedTask
            : work.ExecuteAsync(
                Sql,
                new
                {
                    Ids = entries.Select(_ => Guid.CreateVersion7(now)).ToArray(),
                    Customers = entries.Select(entry => entry.CustomerId).ToArray(),
                    Kinds = entries.Select(entry => entry.Kind).ToArray(),
                    Names = entries.Select(entry => entry.Name).ToArray(),
                    Properties = entries
                        .Select(entry => entry.Properties is null ? null : JsonSerializer.Serialize(entry.Properties, Json.Options))
                        .ToArray(),
                    Times = entries.Select(entry => entry.At).ToArray(),
                },
                ct
            );

    // News of somebody who was folded belongs to the person; of somebody who was erased, or whom nobody knows, nothing is kept.
    private const string Sql = """
        insert into timeline_entries (id, customer_id, kind, name, properties, at)
        select e.id, c.id, e.kind, e.name, e.properties::jsonb, e.at
        from unnest(@Ids::uuid[], @Customers::uuid[], @Kinds::text[], @Names::text[], @Properties::text[], @Times::timestamptz[])
            as e (id, customer, kind, name, properties, at)
        left join merges m on m.from_id = e.customer
        join customers c on c.id = coalesce(m.into_id, e.customer)
        """;
}
