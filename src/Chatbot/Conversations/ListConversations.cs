using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Chatbot.Conversations;

/// <param name="Messages">Of the visitor.</param>
/// <param name="FirstText">What the visitor said first, cut to 200 characters.</param>
/// <param name="HandedOver">Whether a person had it, or has.</param>
internal sealed record ConversationLine(
    Guid Id,
    Guid? CustomerId,
    DateTimeOffset StartedAt,
    DateTimeOffset LastAt,
    int Messages,
    string? FirstText,
    bool HandedOver,
    int? Rating
);

/// <summary><c>GET /api/v1/chat/conversations[?customer=]</c>: the newest first; those in which a visitor said something.</summary>
internal static class ListConversations
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Chat + "/conversations", Handle).RequireScope(Scope.Read).WithName("ListConversations");

    private static async Task<Results<Ok<Page<ConversationLine>>, ProblemHttpResult>> Handle(
        Guid? customer,
        int? limit,
        string? cursor,
        ChatbotDatabase database,
        CancellationToken ct
    )
    {
        if (!Limit.TryRead(limit, out var size, out var error))
            return Problem.Invalid(error);
        if (!Cursor.TryRead(cursor, out var before, out var badCursor))
            return Problem.Invalid(badCursor);
        var rows = await database.QueryAsync<ConversationLine>(
            Sql,
            new
            {
                customer,
                before,
                Take = size + 1,
            },
            ct
        );
        return TypedResults.Ok(Pages.Of(rows, size, conversation => conversation.Id));
    }

    // Ids are made in the order of time.
    private const string Sql = """
        select c.id, c.customer_id, c.started_at, c.last_at, count(m.id)::int as messages,
            left((array_agg(m.text order by m.id))[1], 200) as first_text,
            exists (select from handoffs h where h.conversation_id = c.id) as handed_over, c.rating
        from conversations c join messages m on m.conversation_id = c.id and m.who = 'visitor'
        where (@customer::uuid is null or c.customer_id in (select same_person(@customer))) and (@before::uuid is null or c.id < @before)
        group by c.id
        order by c.id desc
        limit @Take
        """;
}
