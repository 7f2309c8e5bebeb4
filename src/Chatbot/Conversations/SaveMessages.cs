using System.Text.Json;
using MarketingPlatform.Chatbot.Dialogue;
using MarketingPlatform.Chatbot.Understanding;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Chatbot.Conversations;

/// <summary>What an answer shows besides its words; kept so that a page which is loaded again shows the same.</summary>
internal sealed record MessageExtras(
    IReadOnlyList<string>? Choices,
    IReadOnlyList<CitedArticle>? Articles,
    IReadOnlyList<ShownProduct>? Products
);

internal sealed record ShownProduct(string Name, string? Url);

/// <summary>Writes what was said.</summary>
internal static class SaveMessages
{
    public static Task<long> VisitorAsync(
        UnitOfWork work,
        Guid id,
        string text,
        Understood understood,
        DateTimeOffset now,
        CancellationToken ct
    ) => work.QuerySingleAsync<long>(VisitorSql, Visitor(id, text, understood, now), ct);

    /// <returns>The number of the bot's message.</returns>
    public static async Task<long> BothAsync(
        UnitOfWork work,
        Guid id,
        string text,
        Understood understood,
        Reply reply,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        await work.QuerySingleAsync<long>(VisitorSql, Visitor(id, text, understood, now), ct);
        return await work.QuerySingleAsync<long>(
            BotSql,
            new
            {
                id,
                reply.Text,
                reply.Intent,
                understood.Confidence,
                understood.ModelVersion,
                Needs = reply.Needs is { } needs ? JsonNamingPolicy.CamelCase.ConvertName(needs.ToString()) : null,
                Extras = ExtrasOf(reply) is { } extras ? JsonSerializer.Serialize(extras, Json.Options) : null,
                State = JsonSerializer.Serialize(reply.State, Json.Options),
                now,
            },
            ct
        );
    }

    public static MessageExtras? ExtrasOf(Reply reply) =>
        reply is { Choices: null, Citations: null, Products: null }
            ? null
            : new(
                reply.Choices,
                reply.Citations?.Select(c => new CitedArticle(c.ArticleId, c.Title, c.Url)).DistinctBy(c => c.Id).ToArray(),
                reply.Products?.Select(p => new ShownProduct(p.Name, p.Url)).ToArray()
            );

    private static object Visitor(Guid id, string text, Understood understood, DateTimeOffset now) =>
        new
        {
            id,
            text,
            understood.Intent,
            understood.Confidence,
            understood.ModelVersion,
            Ranking = JsonSerializer.Serialize(understood.Ranking, Json.Options),
            now,
        };

    private const string VisitorSql = """
        with spoken as (update conversations set last_at = @now where id = @id)
        insert into messages (conversation_id, who, text, intent, confidence, model_version, ranking, at)
        values (@id, 'visitor', @text, @Intent, @Confidence, @ModelVersion, @Ranking::jsonb, @now)
        returning id
        """;

    private const string BotSql = """
        with remembered as (update conversations set dialogue = @State::jsonb, last_at = @now where id = @id)
        insert into messages (conversation_id, who, text, intent, confidence, model_version, needs, extras, at)
        values (@id, 'bot', @Text, @Intent, @Confidence, @ModelVersion, @Needs, @Extras::jsonb, @now)
        returning id
        """;
}
