using System.Text.Json;
using MarketingPlatform.Chatbot.Dialogue;
using MarketingPlatform.Chatbot.Understanding;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Chatbot.Handoff;

/// <summary>Whose turn it is to answer.</summary>
internal enum Holder
{
    Bot,

    /// <summary>Handed over, and nobody has taken it yet. The bot is silent already: who was promised a person is not answered by a machine.</summary>
    Waiting,
    Agent,
}

/// <summary>
/// Conversations in the hands of people. Every step locks the conversation's row first, as an answer of the bot does: so the bot never speaks
/// into a conversation that a person has, however close the messages come.
/// </summary>
internal static class Handoffs
{
    public static Task OpenAsync(
        UnitOfWork work,
        Guid conversation,
        string intent,
        Act.HandOver act,
        Misunderstanding? misunderstood,
        Understood understood,
        Staff people,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        work.ExecuteAsync(
            OpenSql,
            new
            {
                Id = Guid.CreateVersion7(now),
                conversation,
                act.Reason,
                intent,
                Slots = JsonSerializer.Serialize(act.Slots.ToDictionary(slot => slot.Key, slot => slot.Value.Shown), Json.Options),
                // What was not understood at first, not what was said in other words since.
                First = misunderstood?.Text,
                Ranking = JsonSerializer.Serialize(misunderstood?.Ranking ?? understood.Ranking, Json.Options),
                MailId = Guid.CreateVersion7(now),
                HookId = Guid.CreateVersion7(now),
                people.Mail,
                Hook = people.WebHook?.AbsoluteUri,
                now,
            },
            ct
        );

    /// <summary>Locks the conversation; what is read of it next stays true until the transaction ends.</summary>
    /// <returns>False where there is none.</returns>
    public static async Task<bool> LockAsync(UnitOfWork work, Guid conversation, CancellationToken ct) =>
        await work.QuerySingleOrDefaultAsync<Guid?>(
            "select id from conversations where id = @conversation for update",
            new { conversation },
            ct
        )
            is not null;

    public static async Task<Holder> HolderAsync(UnitOfWork work, Guid conversation, CancellationToken ct) =>
        await work.QuerySingleOrDefaultAsync<string>(HolderSql, new { conversation }, ct) switch
        {
            "agent" => Holder.Agent,
            "waiting" => Holder.Waiting,
            _ => Holder.Bot,
        };

    /// <returns>Whether there was anything to end.</returns>
    public static async Task<bool> EndAsync(UnitOfWork work, Guid conversation, string by, DateTimeOffset now, CancellationToken ct) =>
        await work.ExecuteAsync(
            "update handoffs set ended_at = @now, ended_by = @by where conversation_id = @conversation and ended_at is null",
            new
            {
                conversation,
                by,
                now,
            },
            ct
        ) > 0;

    /// <summary>Writes a line of a person or of the machinery into a conversation.</summary>
    public static Task SayAsync(
        UnitOfWork work,
        Guid conversation,
        string who,
        string? agent,
        string text,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        work.ExecuteAsync(
            SaySql,
            new
            {
                conversation,
                who,
                agent,
                text,
                now,
            },
            ct
        );

    private const string HolderSql = """
        select case when agent is null then 'waiting' else 'agent' end from handoffs where conversation_id = @conversation and ended_at is null
        """;

    private const string OpenSql = """
        with opened as (
            insert into handoffs (id, conversation_id, reason, intent, slots, first_text, ranking, opened_at)
            values (@Id, @conversation, @Reason, @intent, @Slots::jsonb, @First, @Ranking::jsonb, @now)
            on conflict (conversation_id) where ended_at is null do nothing
            returning id
        )
        insert into handoff_notices (id, handoff_id, kind, target, next_attempt_at)
        select n.id, opened.id, n.kind, n.target, @now
        from opened, (values (@MailId::uuid, 'mail', @Mail::text), (@HookId::uuid, 'webhook', @Hook::text)) as n (id, kind, target)
        where n.target is not null
        """;

    private const string SaySql = """
        insert into messages (conversation_id, who, agent, text, intent, confidence, model_version, at)
        values (@conversation, @who, @agent, @text, 'person', 1, '', @now);
        update conversations set last_at = @now where id = @conversation
        """;
}
