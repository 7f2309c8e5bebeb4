using System.Text.Json;
using MarketingPlatform.Chatbot.Dialogue;
using MarketingPlatform.Chatbot.Handoff;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Chatbot.Conversations;

/// <summary>Which conversation is meant: by its id (the shop's server), by the hash of a visit's secret (the widget), or a new one.</summary>
internal sealed record ConversationKey(Guid? Id = null, byte[]? VisitHash = null)
{
    public bool IsNew => Id is null && VisitHash is null;
}

/// <summary>A conversation that was entered and is locked until the transaction ends.</summary>
/// <param name="Known">The customer whom the conversation itself still knows: by a code, or by a signed token of the shop.</param>
internal sealed record OpenConversation(Guid Id, DialogueState State, Holder Holder, Guid? Known)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <returns>Null where it does not exist, or is somebody else's.</returns>
    public static async Task<OpenConversation?> EnterAsync(
        UnitOfWork work,
        ConversationKey key,
        Guid? customer,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        if (key.IsNew)
        {
            var id = Guid.CreateVersion7(now);
            await work.ExecuteAsync(
                "insert into conversations (id, customer_id, started_at, last_at) values (@id, @customer, @now, @now)",
                new
                {
                    id,
                    customer,
                    now,
                },
                ct
            );
            return new(id, DialogueState.Start, Holder.Bot, null);
        }
        var row = await work.QuerySingleOrDefaultAsync<Row>(
            EnterSql,
            new
            {
                key.Id,
                key.VisitHash,
                customer,
                now,
            },
            ct
        );
        return row is null ? null : new(row.Id, StateOf(row.Dialogue), await Handoffs.HolderAsync(work, row.Id, ct), row.Known);
    }

    /// <summary>What the conversation remembers, without a lock: good enough to decide what to look up.</summary>
    public static async Task<(DialogueState State, Holder Holder)> GlanceAsync(
        ChatbotDatabase database,
        ConversationKey key,
        CancellationToken ct
    )
    {
        if (key.IsNew)
            return (DialogueState.Start, Holder.Bot);
        var seen = await database.QuerySingleOrDefaultAsync<Seen>(GlanceSql, new { key.Id, key.VisitHash }, ct);
        return seen is null ? (DialogueState.Start, Holder.Bot) : (StateOf(seen.Dialogue), seen.IsHeld ? Holder.Agent : Holder.Bot);
    }

    /// <returns>How long to wait, where the conversation has had its messages of this minute.</returns>
    public static async Task<TimeSpan?> WaitAsync(UnitOfWork work, Guid id, int most, DateTimeOffset now, CancellationToken ct)
    {
        var oldest = await work.QuerySingleOrDefaultAsync<DateTimeOffset?>(
            """
            select at from messages where conversation_id = @id and who = 'visitor' and at > @Since order by id desc offset @Skip limit 1
            """,
            new
            {
                id,
                Since = now - Window,
                Skip = most - 1,
            },
            ct
        );
        // A message that came later may have been stored first.
        return oldest is not { } at ? null
            : at > now ? Window
            : at + Window - now;
    }

    /// <returns>False where the conversation is another person's.</returns>
    public static async Task<bool> BelongToAsync(UnitOfWork work, Guid id, Guid customer, DateTimeOffset until, CancellationToken ct) =>
        await work.ExecuteAsync(
            """
            update conversations set customer_id = coalesce(customer_id, @customer), known_until = @until
            where id = @id and (customer_id is null or customer_id in (select same_person(@customer)))
            """,
            new
            {
                id,
                customer,
                until,
            },
            ct
        ) > 0;

    /// <summary>What its visitor was last heard to speak; null where nobody could tell yet.</summary>
    public static Task<string?> LanguageAsync(UnitOfWork work, Guid id, CancellationToken ct) =>
        work.QuerySingleOrDefaultAsync<string>("select dialogue ->> 'language' from conversations where id = @id", new { id }, ct);

    private static DialogueState StateOf(string json) =>
        JsonSerializer.Deserialize<DialogueState>(json, Json.Options) ?? DialogueState.Start;

    private sealed record Row(Guid Id, string Dialogue, Guid? Known);

    private sealed record Seen(string Dialogue, bool IsHeld);

    // A stranger may go on with a conversation, and becomes its owner by signing in; a known person enters only their own.
    private const string EnterSql = """
        update conversations set customer_id = coalesce(customer_id, @customer)
        where (id = @Id or visit_hash = @VisitHash)
            and (@customer::uuid is null or customer_id is null or customer_id in (select same_person(@customer)))
        returning id, dialogue::text as dialogue, case when known_until > @now then customer_id end as known
        """;

    private const string GlanceSql = """
        select dialogue::text as dialogue, exists (select from handoffs where conversation_id = c.id and ended_at is null) as is_held
        from conversations c where id = @Id or visit_hash = @VisitHash
        """;
}
