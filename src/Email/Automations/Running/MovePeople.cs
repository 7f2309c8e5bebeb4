using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Email.Automations.Running;

/// <summary>
/// People under way go on by a new version: from the step of the same id, or the one that <c>moved</c> names. Who waits for a length of
/// time waits as long as the new version says, counted from when the wait began. Who stands at a step that is no longer there, or no
/// longer waits, ends by the old version.
/// </summary>
internal static class MovePeople
{
    public static Task<int> ApplyAsync(UnitOfWork work, Plan plan, DateTimeOffset now, CancellationToken ct)
    {
        var places = plan
            .Steps.Where(step => step.Waits)
            .Select(step => (Old: step.Id, Step: step))
            .Concat(plan.Automation.Moved.Select(moved => (Old: moved.Key, Step: plan.Find(moved.Value)!)))
            .DistinctBy(place => place.Old)
            .ToArray();
        return work.ExecuteAsync(
            """
            update journeys j set version = @Version, node = place.now,
                wake_at = case when place.seconds is null then j.wake_at else j.node_at + place.seconds * interval '1 second' end
            from unnest(@Old::text[], @New::text[], @Seconds::double precision[]) as place (old, now, seconds)
            where j.automation = @Name and j.outcome is null and j.version < @Version and j.node = place.old
            """,
            new
            {
                plan.Name,
                plan.Version,
                Now = now,
                Old = places.Select(place => place.Old).ToArray(),
                New = places.Select(place => place.Step.Id).ToArray(),
                Seconds = places.Select(place => Length(place.Step)?.TotalSeconds).ToArray(),
            },
            ct
        );
    }

    private static TimeSpan? Length(Step step) =>
        step switch
        {
            WaitStep wait => wait.For,
            WaitForStep wait => wait.Within,
            _ => null,
        };
}
