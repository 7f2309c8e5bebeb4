using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace MarketingPlatform.Customers.Timeline;

/// <summary>
/// <c>GET /api/v1/customers/events?days=&amp;name=&amp;limit=</c>: which events customers cause, and how many customers; of one of them the latest,
/// with what was sent. There is no index by name, which every event that comes in would pay for: an answer that would take long is refused,
/// and fewer days may be asked for.
/// </summary>
internal static class ShowEvents
{
    private const int MostDays = 90;
    private const int MostNames = 500;
    private const int MostEvents = 5_000;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Customers + "/events", Handle)
            .RequireScope(Scope.Read)
            .WithName("showEvents")
            .WithSummary("Names of the events of the last days with how many customers caused them; of one name the latest events.");

    internal static async Task<Results<Ok<Report>, ProblemHttpResult>> Handle(
        int? days,
        string? name,
        int? limit,
        CustomersDatabase database,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if ((days ?? 30) is < 1 or > MostDays)
            return Problem.Invalid(new FieldError("days", $"Give a whole number from 1 to {MostDays}."));
        if ((limit ?? 100) is < 1 or > MostEvents)
            return Problem.Invalid(new FieldError("limit", $"Give a whole number from 1 to {MostEvents}."));
        var now = clock.GetUtcNow();
        var values = new
        {
            Since = now.AddDays(-(days ?? 30)),
            Until = now,
            Name = name,
            MostNames,
            Take = limit ?? 100,
        };
        await using var work = await database.BeginAsync(ct);
        await work.ExecuteAsync("set local statement_timeout = '1s'", null, ct);
        try
        {
            return TypedResults.Ok(
                name is null
                    ? new Report(days ?? 30, await work.QueryAsync<Counted>(NamesSql, values, ct), [])
                    : new Report(days ?? 30, [], [.. (await work.QueryAsync<Row>(LatestSql, values, ct)).Select(row => row.ToEvent())])
            );
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled && !ct.IsCancellationRequested)
        {
            return Problem.Of(
                StatusCodes.Status503ServiceUnavailable,
                "too-many-events",
                "There are too many events to look through in a second",
                $"Ask for fewer days than {days ?? 30}."
            );
        }
    }

    /// <param name="Names">By customers, most first; at most 500. Only where no name was asked for.</param>
    /// <param name="Latest">Newest first; only where a name was asked for.</param>
    internal sealed record Report(int Days, IReadOnlyList<Counted> Names, IReadOnlyList<Event> Latest);

    /// <param name="Customers">As they were identified at the time: who was merged later counts for each id.</param>
    internal sealed record Counted(string Name, long Events, long Customers, DateTimeOffset LastAt);

    internal sealed record Event(Guid Id, Guid CustomerId, DateTimeOffset At, JsonElement? Properties);

    private sealed record Row(Guid Id, Guid CustomerId, DateTimeOffset At, string? Properties)
    {
        public Event ToEvent() => new(Id, CustomerId, At, Properties is null ? null : JsonSerializer.Deserialize<JsonElement>(Properties));
    }

    // Partitions are by the time at which events came in, and nothing comes in before it happens.
    private const string Which = """
        from events
        where received_at > @Since and at > @Since and at <= @Until and kind not in ('identify', 'alias')
        """;

    private const string NamesSql = $"""
        select name, count(*) as events, count(distinct customer_id) as customers, max(at) as last_at
        {Which} and name is not null group by name order by customers desc, name limit @MostNames
        """;

    private const string LatestSql = $"""
        select id, customer_id, at, properties::text as properties {Which} and name = @Name order by at desc, id desc limit @Take
        """;
}
