using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MarketingPlatform.Chatbot.Conversations;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Http;
using Microsoft.AspNetCore.Mvc;

namespace MarketingPlatform.Chatbot.Widget;

/// <param name="Visit">The conversation's secret.</param>
internal sealed record VisitorMessage(string? Visit, string? Text);

/// <summary>What the widget learns after the words: what can be pressed, what the answer rests on, who has the conversation.</summary>
internal sealed record AnswerEnd(
    long? Id,
    IReadOnlyList<string>? Choices,
    IReadOnlyList<CitedArticle>? Articles,
    IReadOnlyList<ShownProduct>? Products,
    Dialogue.Need? Needs,
    bool Held
);

/// <summary>
/// <c>POST /chat/messages</c>: a visitor's message in, the answer out as server-sent events: <c>part</c> for each sentence, then <c>done</c>. What is
/// refused is refused before the stream begins, with its own status.
/// </summary>
internal static class PostVisitorMessage
{
    private const int MaxBody = 256 * 1024;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.ChatDoor + "/messages", HandleAsync)
            .AllowAnonymous()
            .WithMetadata(new RequestSizeLimitAttribute(MaxBody))
            .WithName("PostVisitorMessage");

    private static async Task<IResult> HandleAsync(
        VisitorMessage body,
        Conversation conversation,
        HttpContext context,
        CancellationToken ct
    )
    {
        if (PostMessage.RefuseText(body.Text) is { } reason)
            return Problem.Invalid(new FieldError("text", reason));
        if (Visits.HashOf(body.Visit) is not { } hash)
            return Visits.NoSuchVisit();
        return await conversation.AnswerAsync(new ConversationKey(VisitHash: hash), null, body.Text!, ct) switch
        {
            Outcome.Answered { Answer: var answer } => Stream(context, answer, ct),
            Outcome.NoSuchConversation => Visits.NoSuchVisit(),
            var refused => PostMessage.Refuse(context, refused),
        };
    }

    private static IResult Stream(HttpContext context, Answer answer, CancellationToken ct)
    {
        // Proxies must not hold the parts back.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(EventsOf(answer, ct));
    }

    private static async IAsyncEnumerable<SseItem<string>> EventsOf(Answer answer, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var part in Sentences(answer.Reply ?? ""))
        {
            yield return new SseItem<string>(JsonSerializer.Serialize(new { text = part }, Json.Options), "part");
            // Let each part leave by itself.
            await Task.Yield();
            ct.ThrowIfCancellationRequested();
        }
        var products = answer.Products?.Select(product => new ShownProduct(product.Name, product.Url)).ToArray();
        var end = new AnswerEnd(answer.MessageId, answer.Choices, answer.Articles, products, answer.Needs, answer.Held);
        yield return new SseItem<string>(JsonSerializer.Serialize(end, Json.Options), "done");
    }

    /// <summary>The text in parts that end where a sentence does; put together again they are the text.</summary>
    internal static IEnumerable<string> Sentences(string text)
    {
        for (var (from, at) = (0, 0); from < text.Length; from = at)
        {
            do at++;
            while (at < text.Length && !(char.IsWhiteSpace(text[at - 1]) && at > 1 && text[at - 2] is '.' or '!' or '?' or '\n'));
            yield return text[from..at];
        }
    }
}
