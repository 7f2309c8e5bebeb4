using System.Text.Json;
using MarketingPlatform.Chatbot.Understanding;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Chatbot.Conversations;

/// <param name="Who">visitor, bot or agent.</param>
/// <param name="Agent">Name of the person who spoke; null for others.</param>
/// <param name="Intent">The visitor's: the model's best guess. The bot's: what was acted on, or fallback.</param>
/// <param name="Needs">What the bot's answer asked for.</param>
/// <param name="Ranking">What the model thought of a visitor's message, the likeliest first.</param>
internal sealed record SpokenMessage(
    string Who,
    string Text,
    string Intent,
    double Confidence,
    string ModelVersion,
    string? Needs,
    DateTimeOffset At,
    string? Agent = null,
    IReadOnlyList<RankedIntent>? Ranking = null
);

/// <summary>A time in which people had the conversation, or have it.</summary>
/// <param name="Reason">asked, not-understood, form-stuck, sign-in or return.</param>
/// <param name="FirstText">What was not understood at first, where that is why.</param>
/// <param name="Ranking">What the model thought of that, or of the last message.</param>
/// <param name="EndedBy">agent or visitor; null while it lasts.</param>
internal sealed record HandoffView(
    string Reason,
    string Intent,
    IReadOnlyDictionary<string, string> Slots,
    string? FirstText,
    IReadOnlyList<RankedIntent> Ranking,
    string? Agent,
    DateTimeOffset OpenedAt,
    DateTimeOffset? TakenAt,
    DateTimeOffset? EndedAt,
    string? EndedBy
);

/// <param name="Messages">The newest thousand, oldest first.</param>
/// <param name="Handoffs">Oldest first; the last is open where it has no end.</param>
internal sealed record ConversationView(
    Guid Id,
    Guid? CustomerId,
    DateTimeOffset StartedAt,
    DateTimeOffset LastAt,
    IReadOnlyList<SpokenMessage> Messages,
    IReadOnlyList<HandoffView>? Handoffs = null,
    int? Rating = null,
    string? RatingComment = null
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
        var messages = await database.QueryAsync<MessageRow>(MessagesSql, new { id }, ct);
        var handoffs = await database.QueryAsync<HandoffRow>(HandoffsSql, new { id }, ct);
        return TypedResults.Ok(
            new ConversationView(
                row.Id,
                row.CustomerId,
                row.StartedAt,
                row.LastAt,
                [.. messages.Select(View)],
                [.. handoffs.Select(View)],
                row.Rating,
                row.RatingComment
            )
        );
    }

    private static SpokenMessage View(MessageRow m) =>
        new(
            m.Who,
            m.Text,
            m.Intent,
            m.Confidence,
            m.ModelVersion,
            m.Needs,
            m.At,
            m.Agent,
            m.Ranking is null ? null : Read<RankedIntent[]>(m.Ranking)
        );

    private static HandoffView View(HandoffRow h) =>
        new(
            h.Reason,
            h.Intent,
            Read<Dictionary<string, string>>(h.Slots),
            h.FirstText,
            Read<RankedIntent[]>(h.Ranking),
            h.Agent,
            h.OpenedAt,
            h.TakenAt,
            h.EndedAt,
            h.EndedBy
        );

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Json.Options)!;

    private sealed record Row(
        Guid Id,
        Guid? CustomerId,
        DateTimeOffset StartedAt,
        DateTimeOffset LastAt,
        int? Rating,
        string? RatingComment
    );

    private sealed record MessageRow(
        string Who,
        string Text,
        string Intent,
        double Confidence,
        string ModelVersion,
        string? Needs,
        DateTimeOffset At,
        string? Agent,
        string? Ranking
    );

    private sealed record HandoffRow(
        string Reason,
        string Intent,
        string Slots,
        string? FirstText,
        string Ranking,
        string? Agent,
        DateTimeOffset OpenedAt,
        DateTimeOffset? TakenAt,
        DateTimeOffset? EndedAt,
        string? EndedBy
    );

    private const string Sql = "select id, customer_id, started_at, last_at, rating, rating_comment from conversations where id = @id";

    private const string HandoffsSql = """
        select reason, intent, slots::text as slots, first_text, ranking::text as ranking, agent, opened_at, taken_at, ended_at, ended_by
        from handoffs where conversation_id = @id order by opened_at
        """;

    private const string MessagesSql = """
        select who, text, intent, confidence, model_version, needs, at, agent, ranking::text as ranking
        from (select * from messages where conversation_id = @id order by id desc limit 1000) newest
        order by id
        """;
}
