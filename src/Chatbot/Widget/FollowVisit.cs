using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MarketingPlatform.Chatbot.Conversations;
using MarketingPlatform.Chatbot.Dialogue;
using MarketingPlatform.Chatbot.Handoff;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Chatbot.Widget;

/// <param name="After">Number of the last message that is shown already.</param>
internal sealed record FollowRequest(string? Visit, long? After);

/// <param name="Stars">1 to 5.</param>
internal sealed record RatingRequest(string? Visit, int? Stars, string? Comment);

/// <summary>
/// <c>POST /chat/follow</c>: while people have a conversation, what they say, as server-sent events: <c>holder</c> when it changes hands, <c>message</c> for
/// each line; it ends when the bot has it again. Looked up in the database, so that it does not matter which instance a person answers at.
/// <c>POST /chat/bot</c>: the visitor goes back to the bot. <c>POST /chat/rating</c>: how it was.
/// </summary>
internal static class FollowVisit
{
    private const int MaxBody = 16 * 1024;
    private const int MaxComment = 1_000;

    // A stream that nothing ends is begun again by the widget: what is dead on the other side is noticed.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapPost(Routes.ChatDoor + "/follow", FollowAsync)
            .AllowAnonymous()
            .RequireRateLimiting(VisitLimits.Streams)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBody))
            .WithName("FollowVisit");
        root.MapPost(Routes.ChatDoor + "/bot", BackToBotAsync)
            .AllowAnonymous()
            .WithMetadata(new RequestSizeLimitAttribute(MaxBody))
            .WithName("BackToBot");
        root.MapPost(Routes.ChatDoor + "/rating", RateAsync)
            .AllowAnonymous()
            .WithMetadata(new RequestSizeLimitAttribute(MaxBody))
            .WithName("RateVisit");
    }

    private static async Task<IResult> FollowAsync(
        FollowRequest body,
        ChatbotDatabase database,
        IOptions<ChatbotOptions> options,
        TimeProvider clock,
        HttpContext context,
        CancellationToken ct
    )
    {
        if (await FindAsync(database, body.Visit, ct) is not { } conversation)
            return Visits.NoSuchVisit();
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(EventsAsync(conversation, body.After ?? 0, database, options.Value.FollowEvery, clock, ct));
    }

    private static async IAsyncEnumerable<SseItem<string>> EventsAsync(
        Guid conversation,
        long after,
        ChatbotDatabase database,
        TimeSpan every,
        TimeProvider clock,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var began = clock.GetTimestamp();
        Held? told = null;
        while (true)
        {
            var now = await database.QuerySingleOrDefaultAsync<Held>(HeldSql, new { conversation }, ct);
            if (now is null)
                yield break;
            // Lines before the change of hands: what a person said last comes before the good-bye.
            foreach (var line in await database.QueryAsync<Visits.Line>(LinesSql, new { conversation, after }, ct))
            {
                after = line.Id;
                yield return new SseItem<string>(JsonSerializer.Serialize(Visits.View(line), Json.Options), "message");
            }
            if (now != told)
                yield return new SseItem<string>(JsonSerializer.Serialize(told = now, Json.Options), "holder");
            if (now.Holder == "bot" || clock.GetElapsedTime(began) > Longest)
                yield break;
            await Task.Delay(every, clock, ct);
        }
    }

    private static async Task<IResult> BackToBotAsync(
        FollowRequest body,
        ChatbotDatabase database,
        ScriptStore scripts,
        Conversation conversation,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (await FindAsync(database, body.Visit, ct) is not { } id)
            return Visits.NoSuchVisit();
        await using var work = await database.BeginAsync(ct);
        await work.ExecuteAsync(ChatbotDatabase.LockPeopleShared, null, ct);
        if (!await Handoffs.LockAsync(work, id, ct))
            return Visits.NoSuchVisit();
        if (await Handoffs.EndAsync(work, id, "visitor", clock.GetUtcNow(), ct))
            await Handoffs.SayAsync(
                work,
                id,
                "bot",
                null,
                conversation.Says(await scripts.CurrentAsync(work, await OpenConversation.LanguageAsync(work, id, ct), ct), "handed-back"),
                clock.GetUtcNow(),
                ct
            );
        await work.CommitAsync(ct);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> RateAsync(RatingRequest body, ChatbotDatabase database, TimeProvider clock, CancellationToken ct)
    {
        var errors = new List<FieldError>();
        if (body.Stars is not (>= 1 and <= 5))
            errors.Add(new FieldError("stars", "Give a whole number from 1 to 5."));
        if (body.Comment is { } comment && (comment.Length > MaxComment || comment.Contains('\0')))
            errors.Add(new FieldError("comment", $"Write at most {MaxComment} characters."));
        if (errors.Count > 0)
            return Problem.Invalid([.. errors]);
        if (await FindAsync(database, body.Visit, ct) is not { } id)
            return Visits.NoSuchVisit();
        await database.ExecuteAsync(
            "update conversations set rating = @Stars, rating_comment = @Comment, rated_at = @Now where id = @id",
            new
            {
                id,
                body.Stars,
                body.Comment,
                Now = clock.GetUtcNow(),
            },
            ct
        );
        return TypedResults.NoContent();
    }

    private static async Task<Guid?> FindAsync(ChatbotDatabase database, string? visit, CancellationToken ct) =>
        Visits.HashOf(visit) is { } hash
            ? await database.QuerySingleOrDefaultAsync<Guid?>("select id from conversations where visit_hash = @hash", new { hash }, ct)
            : null;

    private sealed record Held(string Holder, string? Agent);

    private const string HeldSql = """
        select case when h.id is null then 'bot' when h.agent is null then 'waiting' else 'agent' end as holder, h.agent
        from conversations c left join handoffs h on h.conversation_id = c.id and h.ended_at is null
        where c.id = @conversation
        """;

    private const string LinesSql = """
        select id, who, agent, text, extras::text as extras, at from messages
        where conversation_id = @conversation and id > @after and who <> 'visitor'
        order by id
        limit 200
        """;
}
