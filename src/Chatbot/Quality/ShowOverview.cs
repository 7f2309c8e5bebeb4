using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Chatbot.Quality;

/// <param name="Conversations">Begun within the days asked for, with at least one message of a visitor.</param>
/// <param name="Contained">Of these, those that were never handed over to a person.</param>
/// <param name="Containment">Their share, 0 to 1; null without conversations.</param>
/// <param name="Messages">Of visitors.</param>
/// <param name="NotUnderstood">Answers of the bot that fell back.</param>
/// <param name="Rated">Conversations that were rated.</param>
/// <param name="Rating">Mean of 1 to 5 stars; null where nobody rated.</param>
/// <param name="Waiting">Conversations that wait for a person now.</param>
/// <param name="MedianWaitSeconds">From hand-over until a person took it; null where nobody did.</param>
internal sealed record ChatOverview(
    int Conversations,
    int Contained,
    double? Containment,
    int Messages,
    int NotUnderstood,
    int Rated,
    double? Rating,
    int Waiting,
    double? MedianWaitSeconds,
    IReadOnlyList<CountOf> Answers,
    IReadOnlyList<CountOf> Reasons
);

internal sealed record CountOf(string Name, int Count);

/// <summary><c>GET /api/v1/chat/overview?days=30</c>: how much the bot answers by itself, and what visitors think of it.</summary>
internal static class ShowOverview
{
    private const int MostDays = 366;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Chat + "/overview", HandleAsync).RequireScope(Scope.Read).WithName("ShowChatOverview");

    private static async Task<Results<Ok<ChatOverview>, ProblemHttpResult>> HandleAsync(
        int? days,
        ChatbotDatabase database,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (days is < 1 or > MostDays)
            return Problem.Invalid(new FieldError("days", $"Give a whole number from 1 to {MostDays}."));
        var since = clock.GetUtcNow().AddDays(-(days ?? 30));
        await using var work = await database.BeginAsync(ct);
        var totals = await work.QuerySingleAsync<Totals>(TotalsSql, new { since }, ct);
        return TypedResults.Ok(
            new ChatOverview(
                totals.Conversations,
                totals.Contained,
                totals.Conversations == 0 ? null : (double)totals.Contained / totals.Conversations,
                totals.Messages,
                totals.NotUnderstood,
                totals.Rated,
                totals.Rating,
                totals.Waiting,
                totals.MedianWait,
                await work.QueryAsync<CountOf>(AnswersSql, new { since }, ct),
                await work.QueryAsync<CountOf>(ReasonsSql, new { since }, ct)
            )
        );
    }

    private sealed record Totals(
        int Conversations,
        int Contained,
        int Messages,
        int NotUnderstood,
        int Rated,
        double? Rating,
        int Waiting,
        double? MedianWait
    );

    private const string TotalsSql = """
        with talks as (
            select c.id, c.rating from conversations c
            where c.started_at >= @since and exists (select from messages m where m.conversation_id = c.id and m.who = 'visitor')
        )
        select count(*)::int as conversations,
            count(*) filter (where not exists (select from handoffs h where h.conversation_id = talks.id))::int as contained,
            (select count(*) from messages m join talks on talks.id = m.conversation_id where m.who = 'visitor')::int as messages,
            (select count(*) from messages m join talks on talks.id = m.conversation_id where m.who = 'bot' and m.intent = 'fallback')::int as not_understood,
            count(rating)::int as rated, avg(rating)::float8 as rating,
            (select count(*) from handoffs where ended_at is null and agent is null)::int as waiting,
            (select percentile_cont(0.5) within group (order by extract(epoch from taken_at - opened_at)) from handoffs
                where opened_at >= @since and taken_at is not null)::float8 as median_wait
        from talks
        """;

    private const string AnswersSql = """
        select m.intent as name, count(*)::int as count
        from messages m join conversations c on c.id = m.conversation_id
        where c.started_at >= @since and m.who = 'bot'
        group by 1 order by 2 desc, 1 limit 20
        """;

    private const string ReasonsSql = """
        select reason as name, count(*)::int as count from handoffs where opened_at >= @since group by 1 order by 2 desc, 1
        """;
}
