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
    public static Task<int> ApplyAsync(UnitOfWork work, Plan plan, DateTimeOffset now, CancellationToken ct) =>
        work.ExecuteAsync(
            """
            update journeys j set version = @Version, node = place.now,
                wake_at = case when place.seconds is null then j.wake_at else j.node_at + place.seconds * interval '1 second' end
            from unnest(@Old::text[], @New::text[], @Seconds::double precision[]) as place (old, now, seconds)
            where j.automation = @Name and j.outcome is null and j.version < @Version and j.node = place.old
            """,
            Places(plan, now),
            ct
        );

    /// <summary>What <see cref="ApplyAsync"/> would do to those who wait now; nothing is changed.</summary>
    public static Task<IReadOnlyList<Moved>> ForecastAsync(EmailDatabase db, Plan plan, DateTimeOffset now, CancellationToken ct) =>
        db.QueryAsync<Moved>(
            """
            select j.node as step, place.now as goes_to, count(*) as people, count(*) filter (
                where j.wake_at > @Now and j.node_at + place.seconds * interval '1 second' <= @Now) as at_once
            from journeys j
            left join unnest(@Old::text[], @New::text[], @Seconds::double precision[]) as place (old, now, seconds) on place.old = j.node
            where j.automation = @Name and j.outcome is null and j.node is not null
            group by j.node, place.now order by j.node
            """,
            Places(plan, now),
            ct
        );

    /// <param name="GoesTo">The step at which they wait on; null: they end by the version they are in.</param>
    /// <param name="AtOnce">Of them, those whose wait is over by the new version and not by the old one.</param>
    internal sealed record Moved(string Step, string? GoesTo, long People, long AtOnce);

    private static object Places(Plan plan, DateTimeOffset now)
    {
        (string Old, Step Step)[] places =
            plan.Automation.InFlight == InFlight.Finish
                ? []
                :
                [
                    .. plan
                        .Steps.Where(step => step.Waits)
                        .Select(step => (Old: step.Id, Step: step))
                        .Concat(plan.Automation.Moved.Select(moved => (Old: moved.Key, Step: plan.Find(moved.Value)!)))
                        .DistinctBy(place => place.Old),
                ];
        return new
        {
            plan.Name,
            plan.Version,
            Now = now,
            Old = places.Select(place => place.Old).ToArray(),
            New = places.Select(place => place.Step.Id).ToArray(),
            Seconds = places.Select(place => Length(place.Step)?.TotalSeconds).ToArray(),
        };
    }

    private static TimeSpan? Length(Step step) =>
        step switch
        {
            WaitStep wait => wait.For,
            WaitForStep wait => wait.Within,
            _ => null,
        };
}
