using System.Text.Json;
using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Email.Automations.Running;

/// <summary>
/// Writes down what steps want done, in the transaction of the steps: mails in the ledger, events in the outbox, calls in their table. So
/// each is done once, whatever stops in between.
/// </summary>
internal sealed class EffectWriter(MailQueue mails)
{
    public async Task WriteAsync(
        UnitOfWork work,
        Plans plans,
        IReadOnlyList<Transition> transitions,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        List<NewMail> toSend = [];
        List<Call> calls = [];
        List<(Journey Journey, Effect.SetTrait Trait)> traits = [];
        List<(Guid Journey, Effect.Expose Exposure)> exposures = [];
        foreach (var (journey, effects, _) in transitions)
        foreach (var effect in effects)
            switch (effect)
            {
                case Effect.SendMail send:
                    var purpose = plans.Find(journey.Automation, journey.Version)?.Automation.Purpose ?? MailPurpose.Marketing;
                    toSend.Add(MailOf(journey, send, purpose));
                    break;
                case Effect.CallWebHook call:
                    calls.Add(new(Guid.CreateVersion7(now), journey, call));
                    break;
                case Effect.Expose exposure:
                    exposures.Add((journey.Id, exposure));
                    break;
                case Effect.SetTrait trait:
                    traits.Add((journey, trait));
                    work.Publish(
                        new TraitDecided(
                            journey.CustomerId,
                            trait.Name,
                            JsonSerializer.Deserialize<JsonElement>(trait.Value),
                            journey.Automation,
                            now
                        ),
                        journey.TraceParent
                    );
                    break;
                case Effect.ChangeAudience change:
                    work.Publish(
                        new AudienceMembershipDecided(journey.CustomerId, change.Audience, change.Adds, journey.Automation, now),
                        journey.TraceParent
                    );
                    break;
                case Effect.AskForHandoff ask:
                    work.Publish(
                        new ChatHandoffRequested(Guid.CreateVersion7(now), journey.CustomerId, ask.Reason, journey.Automation, now),
                        journey.TraceParent
                    );
                    break;
            }
        await mails.AddAsync(work, toSend, ct);
        await AddTraitsAsync(work, traits, ct);
        await AddCallsAsync(work, calls, now, ct);
        await AddExposuresAsync(work, exposures, ct);
    }

    // What the first round said stays: who comes by again may have been moved between segments by their arm.
    private static async Task AddExposuresAsync(
        UnitOfWork work,
        List<(Guid Journey, Effect.Expose Exposure)> exposures,
        CancellationToken ct
    )
    {
        var rows = exposures
            .GroupBy(one => one.Journey, one => one.Exposure)
            .Select(group =>
                (Journey: group.Key, Said: group.DistinctBy(one => one.Experiment).ToDictionary(one => one.Experiment, one => one.Segments))
            )
            .ToArray();
        if (rows.Length == 0)
            return;
        await work.ExecuteAsync(
            """
            update journeys j set arm_segments = e.segments::jsonb || coalesce(j.arm_segments, '{}')
            from unnest(@Journeys::uuid[], @Segments::text[]) as e (journey_id, segments)
            where j.id = e.journey_id
            """,
            new
            {
                Journeys = rows.Select(row => row.Journey).ToArray(),
                Segments = rows.Select(row => JsonSerializer.Serialize(row.Said)).ToArray(),
            },
            ct
        );
    }

    // What has lines (a cart, an order) is shown as such; other data is the template's own.
    internal static NewMail MailOf(Journey journey, Effect.SendMail send, string purpose)
    {
        var hasLines = journey.Data.TryGetProperty(EventData.Lines, out _);
        var isEmpty = !journey.Data.EnumerateObject().MoveNext();
        var data = journey.Data.GetRawText();
        return new NewMail(journey.CustomerId, journey.Automation, send.Occurrence, hasLines ? data : null, journey.TraceParent)
        {
            Template = send.Template == journey.Automation ? null : send.Template,
            Variables = hasLines || isEmpty ? null : data,
            Purpose = purpose,
            JourneyId = journey.Id,
            Node = send.Node,
        };
    }

    private static Task AddTraitsAsync(UnitOfWork work, List<(Journey Journey, Effect.SetTrait Trait)> traits, CancellationToken ct)
    {
        if (traits.Count == 0)
            return Task.CompletedTask;
        var byCustomer = traits
            .GroupBy(t => t.Journey.CustomerId)
            .OrderBy(group => group.Key)
            .Select(group => (Customer: group.Key, Json: Merge(group.Select(t => t.Trait))))
            .ToArray();
        return work.ExecuteAsync(
            """
            update recipients r set given_traits = r.given_traits || t.traits::jsonb
            from unnest(@Customers::uuid[], @Traits::text[]) as t (customer_id, traits)
            where r.customer_id = t.customer_id
            """,
            new { Customers = byCustomer.Select(c => c.Customer).ToArray(), Traits = byCustomer.Select(c => c.Json).ToArray() },
            ct
        );
    }

    private static string Merge(IEnumerable<Effect.SetTrait> traits)
    {
        Dictionary<string, JsonElement> values = [];
        foreach (var trait in traits)
            values[trait.Name] = JsonSerializer.Deserialize<JsonElement>(trait.Value);
        return JsonSerializer.Serialize(values);
    }

    private static Task AddCallsAsync(UnitOfWork work, List<Call> calls, DateTimeOffset now, CancellationToken ct) =>
        calls.Count == 0
            ? Task.CompletedTask
            : work.ExecuteAsync(
                """
                insert into automation_calls (id, customer_id, journey_id, node, url, body, next_attempt_at, created_at)
                select id, customer_id, journey_id, node, url, body::jsonb, @Now, @Now
                from unnest(@Ids::uuid[], @Customers::uuid[], @Journeys::uuid[], @Nodes::text[], @Urls::text[], @Bodies::text[])
                    as c (id, customer_id, journey_id, node, url, body)
                """,
                new
                {
                    Now = now,
                    Ids = calls.Select(c => c.Id).ToArray(),
                    Customers = calls.Select(c => c.Journey.CustomerId).ToArray(),
                    Journeys = calls.Select(c => c.Journey.Id).ToArray(),
                    Nodes = calls.Select(c => c.Effect.Node).ToArray(),
                    Urls = calls.Select(c => c.Effect.Url.AbsoluteUri).ToArray(),
                    Bodies = calls.Select(c => BodyOf(c, now)).ToArray(),
                },
                ct
            );

    private static string BodyOf(Call call, DateTimeOffset now) =>
        JsonSerializer.Serialize(
            new
            {
                call.Id,
                call.Journey.CustomerId,
                call.Journey.Automation,
                Step = call.Effect.Node,
                call.Journey.Key,
                call.Journey.Data,
                At = now,
            },
            Json.Options
        );

    private sealed record Call(Guid Id, Journey Journey, Effect.CallWebHook Effect);
}
