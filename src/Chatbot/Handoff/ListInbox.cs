using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Chatbot.Handoff;

/// <summary>A conversation that waits for a person, or that one has.</summary>
/// <param name="Agent">Who has it; null while it waits.</param>
/// <param name="LastText">What the visitor said last, cut to 200 characters.</param>
/// <param name="LastWho">Who spoke last: visitor, bot or agent.</param>
internal sealed record InboxEntry(
    Guid ConversationId,
    Guid? CustomerId,
    string Reason,
    string Intent,
    string? Agent,
    DateTimeOffset OpenedAt,
    DateTimeOffset LastAt,
    string? LastText,
    string LastWho
);

/// <summary><c>GET /api/v1/chat/inbox</c>: conversations in the hands of people, those that wait first, the longest waiting at the top.</summary>
internal static class ListInbox
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Chat + "/inbox", Handle).RequireScope(Scope.Read).WithName("ListChatInbox");

    private static async Task<Results<Ok<Page<InboxEntry>>, ProblemHttpResult>> Handle(
        int? limit,
        ChatbotDatabase database,
        CancellationToken ct
    ) =>
        Limit.TryRead(limit, out var size, out var error)
            ? TypedResults.Ok(new Page<InboxEntry>(await database.QueryAsync<InboxEntry>(Sql, new { size }, ct), null))
            : Problem.Invalid(error);

    // Open hand-overs are as many as people can hold: one page is enough, and no cursor is needed.
    private const string Sql = """
        select h.conversation_id, c.customer_id, h.reason, h.intent, h.agent, h.opened_at, c.last_at,
            (select left(m.text, 200) from messages m where m.conversation_id = c.id and m.who = 'visitor' order by m.id desc limit 1) as last_text,
            coalesce((select m.who from messages m where m.conversation_id = c.id order by m.id desc limit 1), 'visitor') as last_who
        from handoffs h join conversations c on c.id = h.conversation_id
        where h.ended_at is null
        order by h.agent is not null, h.opened_at
        limit @size
        """;
}
