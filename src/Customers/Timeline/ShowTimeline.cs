using System.Globalization;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Customers.Profiles;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Customers.Timeline;

/// <summary>All that happened with a customer, newest first: accepted calls, consents, and what other services did.</summary>
internal static class ShowTimeline
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Customers + "/{id:guid}/timeline", Handle).RequireScope(Scope.Read);

    private static async Task<Results<Ok<Page<Entry>>, ProblemHttpResult>> Handle(
        Guid id,
        int? limit,
        string? cursor,
        CustomersDatabase database,
        CancellationToken ct
    )
    {
        if (!Limit.TryRead(limit, out var rows, out var error) || !TryRead(cursor, out var before, out error))
            return Problem.Invalid(error);
        var customer = await database.QuerySingleOrDefaultAsync<Guid?>(CustomersDatabase.CurrentIdSql, new { Id = id }, ct);
        if (customer is null)
            return FindCustomers.NotFound();
        var found = await database.QueryAsync<Row>(
            Sql,
            new
            {
                Customer = customer,
                BeforeAt = before?.At,
                BeforeId = before?.Id,
                Rows = rows + 1,
            },
            ct
        );
        var more = found.Count > rows;
        var last = found.Take(rows).LastOrDefault();
        return TypedResults.Ok(
            new Page<Entry>(
                [.. found.Take(rows).Select(row => row.ToEntry())],
                more ? Cursor.Encode(last!.At.UtcTicks.ToString(CultureInfo.InvariantCulture), last.Id.ToString()) : null
            )
        );
    }

    private static bool TryRead(string? cursor, out (DateTimeOffset At, Guid Id)? before, out FieldError error)
    {
        before = null;
        if (!Cursor.TryRead(cursor, 2, out var last, out error) || last is null)
            return string.IsNullOrEmpty(cursor);
        if (
            long.TryParse(last[0], NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && at <= DateTime.MaxValue.Ticks
            && Guid.TryParse(last[1], out var entry)
        )
            before = (new DateTimeOffset(at, TimeSpan.Zero), entry);
        return before is not null;
    }

    /// <param name="MessageId">Of the call; absent where the entry is no call.</param>
    /// <param name="Kind">identify, track, page, screen, group, alias for calls; consent, mail, segment-entered, merged, unmerged and the like.</param>
    /// <param name="Name">The event, the page, the group's id, the previous id, the purpose, the subject, the segment.</param>
    /// <param name="Properties">Properties or traits as sent.</param>
    /// <param name="Context">As sent with the call.</param>
    internal sealed record Entry(
        Guid Id,
        string? MessageId,
        string Kind,
        string? Name,
        DateTimeOffset At,
        JsonElement? Properties,
        JsonElement? Context
    );

    private sealed record Row(Guid Id, string? MessageId, string Kind, string? Name, DateTimeOffset At, string? Properties, string? Context)
    {
        public Entry ToEntry() => new(Id, MessageId, Kind, Name, At, Read(Properties), Read(Context));

        private static JsonElement? Read(string? json) => json is null ? null : JsonSerializer.Deserialize<JsonElement>(json);
    }

    // Each source gives its newest rows by its own index; times are kept to the microsecond, so a cursor finds its row again.
    private const string Sql = """
        select id, message_id, kind, name, at, properties::text as properties, context::text as context from (
            (select id, message_id, kind, name, at, properties, context from events
             where customer_id = @Customer and (@BeforeAt::timestamptz is null or (at <= @BeforeAt and (at, id) < (@BeforeAt, @BeforeId)))
             order by at desc, id desc limit @Rows)
            union all
            (select id, null, kind, name, at, properties, null from timeline_entries
             where customer_id = @Customer and (@BeforeAt::timestamptz is null or (at <= @BeforeAt and (at, id) < (@BeforeAt, @BeforeId)))
             order by at desc, id desc limit @Rows)
            union all
            (select id, null, 'consent', purpose, at, jsonb_build_object('granted', granted, 'source', source), null from consents
             where customer_id = @Customer and (@BeforeAt::timestamptz is null or (at, id) < (@BeforeAt, @BeforeId))
             order by at desc, id desc limit @Rows)
            union all
            -- Who was folded into this customer, and with whom such a merge was undone.
            (select from_id, null, 'merged', null, at, jsonb_build_object('customerId', from_id), null from merges
             where into_id = @Customer and (@BeforeAt::timestamptz is null or (at, from_id) < (@BeforeAt, @BeforeId))
             order by at desc, from_id desc limit @Rows)
            union all
            (select other_id, null, 'unmerged', null, at, jsonb_build_object('customerId', other_id), null from kept_apart
             where customer_id = @Customer and (@BeforeAt::timestamptz is null or (at, other_id) < (@BeforeAt, @BeforeId))
             order by at desc, other_id desc limit @Rows)
        ) as entries
        order by at desc, id desc limit @Rows
        """;
}
