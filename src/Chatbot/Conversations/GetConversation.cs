using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Chatbot.Conversations;

/// <param name="Who">visitor or bot.</param>
/// <param name="Intent">The visitor's: the model's best guess. The bot's: what was acted on, or fallback.</param>
/// <param name="Needs">What the bot's answer asked for.</param>
internal sealed record SpokenMessage(
    string Who,
    string Text,
    string Intent,
    double Confidence,
    string ModelVersion,
    string? Needs,
    DateTimeOffset At
);

/// <param name="Messages">The newest thousand, oldest first.</param>
internal sealed record ConversationView(
    Guid Id,
    Guid? CustomerId,
    DateTimeOffset StartedAt,
    DateTimeOffset LastAt,
    IReadOnlyList<SpokenMessage> Messages
);

/// <summary><c>GET /api/v1/chat/conversations/{id}</c>: what was said, and by which model the bot understood it.</summary>
internal static class GetConversation
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Chat + "/conversations/{id:guid}", Handle).RequireScope(Scope.Read).WithName("GetConversation");

    private static async Task<Results<Ok<ConversationView>, ProblemHttpResult>> Handle(
        Guid id,
        ChatbotDatabase database,
        CancellationToken ct
    )
    {
        var row = await database.QuerySingleOrDefaultAsync<Row>(Sql, new { id }, ct);
        if (row is null)
        {
            return Problem.NotFound("conversation", "It never was, or its customer was erased.");
        }
        var messages = await database.QueryAsync<SpokenMessage>(MessagesSql, new { id }, ct);
        return TypedResults.Ok(new ConversationView(row.Id, row.CustomerId, row.StartedAt, row.LastAt, messages));
    }

    private sealed record Row(Guid Id, Guid? CustomerId, DateTimeOffset StartedAt, DateTimeOffset LastAt);

    private const string Sql = "select id, customer_id, started_at, last_at from conversations where id = @id";

    private const string MessagesSql = """
        select who, text, intent, confidence, model_version, needs, at
        from (select * from messages where conversation_id = @id order by id desc limit 1000) newest
        order by id
        """;
}
