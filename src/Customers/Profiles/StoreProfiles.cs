using System.Text.Json;
using MarketingPlatform.Customers.Collect;
using MarketingPlatform.Customers.Identity;
using MarketingPlatform.Customers.Overview;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Customers.Profiles;

/// <summary>Folds a set of calls into the profiles of their customers and publishes what changed.</summary>
internal static class StoreProfiles
{
    /// <summary>How far the stored time of the last event may lie behind: readers look at the events too.</summary>
    private static readonly TimeSpan SeenGrain = TimeSpan.FromHours(1);

    /// <returns>Calls with more traits than a profile keeps; they are stored as events all the same.</returns>
    /// <exception cref="IdentityRaceException">Another instance merged one of them meanwhile: roll back and begin again.</exception>
    public static async Task<IReadOnlyList<RejectedCall>> StoreAsync(
        UnitOfWork work,
        IReadOnlyList<(Guid Customer, Call Call)> calls,
        IdentityMap map,
        DayCounts counts,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var telling = Telling(calls, map);
        await StoreSightingsAsync(work, calls.Where(c => !telling.Contains(c.Customer)), map, ct);
        return telling.Count == 0
            ? []
            : await StoreToldAsync(work, [.. calls.Where(c => telling.Contains(c.Customer))], telling, map, counts, now, ct);
    }

    /// <summary>
    /// The customers of whom the calls say something that a profile keeps. Of all others they say only that somebody was seen again: most
    /// events of a shop, so nothing is loaded for them.
    /// </summary>
    private static HashSet<Guid> Telling(IReadOnlyList<(Guid Customer, Call Call)> calls, IdentityMap map)
    {
        var telling = map.Merges.SelectMany(m => new[] { m.From, map.Current(m.From) }).ToHashSet();
        foreach (var (customer, call) in calls)
            if (
                !map.Seen.TryGetValue(customer, out var seen)
                || call.At < seen.FirstSeenAt
                || (call.Kind == "identify" && call.Data is not null)
                || (call.UserId is not null && call.UserId != seen.UserId && call.Kind != "group")
            )
                telling.Add(customer);
        return telling;
    }

    private static Task StoreSightingsAsync(
        UnitOfWork work,
        IEnumerable<(Guid Customer, Call Call)> calls,
        IdentityMap map,
        CancellationToken ct
    )
    {
        var sightings = new Dictionary<Guid, DateTimeOffset>();
        foreach (var (customer, call) in calls)
            if (call.At > map.Seen[customer].LastSeenAt + SeenGrain && call.At > sightings.GetValueOrDefault(customer))
                sightings[customer] = call.At;
        return sightings.Count == 0
            ? Task.CompletedTask
            : work.ExecuteAsync(
                """
                update customers c set last_seen_at = greatest(c.last_seen_at, s.at)
                from unnest(@Ids::uuid[], @Times::timestamptz[]) as s (id, at) where c.id = s.id
                """,
                new { Ids = sightings.Keys.ToArray(), Times = sightings.Values.ToArray() },
                ct
            );
    }

    private static async Task<IReadOnlyList<RejectedCall>> StoreToldAsync(
        UnitOfWork work,
        IReadOnlyList<(Guid Customer, Call Call)> calls,
        IReadOnlyCollection<Guid> involved,
        IdentityMap map,
        DayCounts counts,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var before = (await ProfileRows.LoadAsync(work, involved, ct)).ToDictionary(profile => profile.Id);
        // Locked now. Who is gone was folded into somebody else by another instance after we asked who is who.
        if (involved.Any(id => !before.ContainsKey(id) && !map.Created.Contains(id)))
            throw new IdentityRaceException();
        var after = new Dictionary<Guid, Profile>(before);
        foreach (var merge in map.Merges)
            if (after.Remove(merge.From, out var folded))
                after[map.Current(merge.From)] = after.TryGetValue(map.Current(merge.From), out var target)
                    ? target.With(folded)
                    : folded with
                    {
                        Id = map.Current(merge.From),
                        Version = 0,
                    };
        var crowded = new List<RejectedCall>();
        foreach (var (customer, call) in calls)
        {
            var profile = (after.GetValueOrDefault(customer) ?? Profile.New(customer, call.At)).SeenAt(call.At);
            if (call.UserId is not null && call.Kind != "group")
                profile = profile with { UserId = call.UserId };
            if (call.Kind == "identify" && call.Data is { } traits)
            {
                var told = profile.With(traits, call.At);
                if (told.Traits.Count == Profile.MostTraits && LeavesOut(told, profile, traits))
                    crowded.Add(TooMany(call));
                profile = told;
            }
            after[customer] = profile;
        }
        var gone = before.Keys.Except(after.Keys).ToArray();
        if (gone.Length > 0)
            await work.ExecuteAsync("delete from customers where id = any(@Ids)", new { Ids = gone }, ct);
        foreach (var profile in before.Values)
            if (after.GetValueOrDefault(profile.Id)?.FirstSeenAt != profile.FirstSeenAt)
                counts.NewCustomers(profile.FirstSeenAt, -1);
        foreach (var profile in after.Values)
            if (before.GetValueOrDefault(profile.Id)?.FirstSeenAt != profile.FirstSeenAt)
                counts.NewCustomers(profile.FirstSeenAt, 1);
        await ProfileRows.SaveAsync(work, before, after, TracesOf(calls), now, ct);
        return crowded;
    }

    private static Dictionary<Guid, string?> TracesOf(IReadOnlyList<(Guid Customer, Call Call)> calls) =>
        calls.GroupBy(c => c.Customer).ToDictionary(group => group.Key, group => group.Last().Call.TraceParent);

    private static bool LeavesOut(Profile told, Profile before, JsonElement traits) =>
        before.Traits.Keys.Concat(traits.EnumerateObject().Select(trait => trait.Name)).Any(name => !told.Traits.ContainsKey(name));

    private static RejectedCall TooMany(Call call) =>
        new(
            0,
            call.MessageId,
            "too-many-traits",
            $"A profile keeps {Profile.MostTraits} traits: those that the platform reads itself, and then the newest. Older ones were left out. Send what is new each time as properties of an event.",
            Storable.Cut(call.Data?.GetRawText() ?? "", 4096)
        );

    /// <summary>One person became two: stores and publishes both.</summary>
    /// <param name="before">As stored.</param>
    public static Task PartAsync(
        UnitOfWork work,
        Profile before,
        Profile restored,
        Profile remaining,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        ProfileRows.SaveAsync(
            work,
            new() { [before.Id] = before },
            new() { [restored.Id] = restored, [remaining.Id] = remaining },
            TracesOf([]),
            now,
            ct
        );

    /// <summary>Another service decided traits of customers; each counts by its time, as one that the shop sent.</summary>
    public static async Task DecideAsync(
        UnitOfWork work,
        IReadOnlyCollection<(Guid Customer, JsonElement Traits, DateTimeOffset At)> decided,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var before = (await ProfileRows.LoadAsync(work, decided.Select(d => d.Customer).Distinct(), ct)).ToDictionary(profile =>
            profile.Id
        );
        var after = new Dictionary<Guid, Profile>(before);
        foreach (var (customer, traits, at) in decided)
            if (after.TryGetValue(customer, out var profile))
                after[customer] = profile.With(traits, at);
        await ProfileRows.SaveAsync(work, before, after, TracesOf([]), now, ct);
    }
}
