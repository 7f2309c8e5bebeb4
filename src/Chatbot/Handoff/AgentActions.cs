using MarketingPlatform.Chatbot.Conversations;
using MarketingPlatform.Chatbot.Dialogue;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Chatbot.Handoff;

/// <param name="Agent">Name of the person, as the visitor sees it.</param>
internal sealed record AgentRequest(string? Agent, string? Text);

/// <summary>
/// What a person does with a conversation: <c>POST /api/v1/chat/conversations/{id}/take</c>, <c>…/reply</c>, <c>…/return</c>. Taking is open to
/// whoever comes, also from a colleague; who replies to one that nobody has takes it.
/// </summary>
internal static class AgentActions
{
    private const int MaxName = 100;

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapPost(Routes.Chat + "/conversations/{id:guid}/take", TakeAsync).RequireScope(Scope.Write).WithName("TakeConversation");
        root.MapPost(Routes.Chat + "/conversations/{id:guid}/reply", ReplyAsync).RequireScope(Scope.Write).WithName("ReplyAsAgent");
        root.MapPost(Routes.Chat + "/conversations/{id:guid}/return", ReturnAsync).RequireScope(Scope.Write).WithName("ReturnConversation");
    }

    private static Task<Results<NoContent, ProblemHttpResult>> TakeAsync(
        Guid id,
        AgentRequest body,
        ChatbotDatabase database,
        TimeProvider clock,
        CancellationToken ct
    ) =>
        InHandsAsync(
            id,
            body,
            needsText: false,
            database,
            clock,
            (work, agent, now) =>
                work.ExecuteAsync(
                    TakeSql,
                    new
                    {
                        id,
                        agent,
                        now,
                    },
                    ct
                ),
            ct
        );

    private static Task<Results<NoContent, ProblemHttpResult>> ReplyAsync(
        Guid id,
        AgentRequest body,
        ChatbotDatabase database,
        TimeProvider clock,
        CancellationToken ct
    ) =>
        InHandsAsync(
            id,
            body,
            needsText: true,
            database,
            clock,
            async (work, agent, now) =>
            {
                await work.ExecuteAsync(
                    TakeSql,
                    new
                    {
                        id,
                        agent,
                        now,
                    },
                    ct
                );
                await Handoffs.SayAsync(work, id, "agent", agent, body.Text!, now, ct);
            },
            ct
        );

    private static Task<Results<NoContent, ProblemHttpResult>> ReturnAsync(
        Guid id,
        AgentRequest body,
        ChatbotDatabase database,
        ScriptStore scripts,
        Conversation conversation,
        TimeProvider clock,
        CancellationToken ct
    ) =>
        InHandsAsync(
            id,
            body,
            needsText: false,
            database,
            clock,
            async (work, _, now) =>
            {
                await Handoffs.EndAsync(work, id, "agent", now, ct);
                var script = await scripts.CurrentAsync(work, await OpenConversation.LanguageAsync(work, id, ct), ct);
                await Handoffs.SayAsync(work, id, "bot", null, conversation.Says(script, "handed-back"), now, ct);
            },
            ct
        );

    private static async Task<Results<NoContent, ProblemHttpResult>> InHandsAsync(
        Guid id,
        AgentRequest body,
        bool needsText,
        ChatbotDatabase database,
        TimeProvider clock,
        Func<UnitOfWork, string, DateTimeOffset, Task> act,
        CancellationToken ct
    )
    {
        var errors = new List<FieldError>();
        if (body.Agent is not { Length: > 0 and <= MaxName } agent || string.IsNullOrWhiteSpace(agent) || agent.Contains('\0'))
        {
            errors.Add(new FieldError("agent", $"Give the person's name, 1 to {MaxName} characters: the visitor sees it."));
            agent = "";
        }
        if (needsText && PostMessage.RefuseText(body.Text) is { } reason)
            errors.Add(new FieldError("text", reason));
        if (errors.Count > 0)
            return Problem.Invalid([.. errors]);
        await using var work = await database.BeginAsync(ct);
        await work.ExecuteAsync(ChatbotDatabase.LockPeopleShared, null, ct);
        if (!await Handoffs.LockAsync(work, id, ct))
            return Problem.NotFound("conversation", "It never was, or its customer was erased.");
        if (await Handoffs.HolderAsync(work, id, ct) == Holder.Bot)
            return Problem.Of(
                409,
                "not-handed-over",
                "The bot has this conversation",
                "Only a conversation that was handed over can be answered."
            );
        await act(work, agent.Trim(), clock.GetUtcNow());
        await work.CommitAsync(ct);
        return TypedResults.NoContent();
    }

    private const string TakeSql = """
        update handoffs set agent = @agent, taken_at = coalesce(taken_at, @now) where conversation_id = @id and ended_at is null
        """;
}
