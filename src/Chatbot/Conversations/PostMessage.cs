using System.Globalization;
using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Dialogue;
using MarketingPlatform.Chatbot.Orders;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace MarketingPlatform.Chatbot.Conversations;

/// <param name="ConversationId">Of an earlier answer; none starts a conversation.</param>
/// <param name="CustomerId">Who writes. The caller, who holds a write key, vouches that this person is signed in; leave it out otherwise.</param>
internal sealed record IncomingMessage(string? ConversationId, string? CustomerId, string? Text);

/// <param name="Reply">Null while a person has the conversation: the message is theirs to answer.</param>
/// <param name="Intent">What was acted on; <c>fallback</c> where the message was not understood, <c>article</c> where an article answered.</param>
/// <param name="Confidence">The model's probability that its best guess is right.</param>
/// <param name="Needs">What would let the bot say more: signIn, code, orderNumber, product, answer, choice, human.</param>
internal sealed record Answer(
    Guid ConversationId,
    string? Reply,
    string Intent,
    double Confidence,
    string ModelVersion,
    Need? Needs,
    IReadOnlyList<FoundProduct>? Products,
    KnownOrder? Order
)
{
    /// <summary>Grows within a conversation.</summary>
    public long? MessageId { get; init; }

    /// <summary>What the visitor may answer by a press; the text of one is a message like any other.</summary>
    public IReadOnlyList<string>? Choices { get; init; }

    /// <summary>What the answer rests on.</summary>
    public IReadOnlyList<CitedArticle>? Articles { get; init; }

    /// <summary>Whether people have the conversation from here on.</summary>
    public bool Held { get; init; }
}

/// <param name="Url">Where people read it; null where it has no page.</param>
internal sealed record CitedArticle(string Id, string Title, string? Url);

/// <summary><c>POST /api/v1/chat/messages</c>: a visitor's message in, the bot's answer out; both are stored.</summary>
internal static class PostMessage
{
    public const int MaxText = 4_000;
    private const int MaxBodyBytes = 256 * 1024;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Chat + "/messages", Handle)
            .RequireScope(Scope.Write)
            .WithName("PostChatMessage")
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));

    private static async Task<Results<Ok<Answer>, ProblemHttpResult>> Handle(
        IncomingMessage body,
        Conversation conversation,
        HttpContext context,
        CancellationToken ct
    )
    {
        var errors = new List<FieldError>();
        var conversationId = ReadId(
            body.ConversationId,
            "conversationId",
            "Pass the conversationId of an earlier answer, or leave it out to start anew.",
            errors
        );
        var customerId = ReadId(
            body.CustomerId,
            "customerId",
            "Must be the customer's UUID; leave it out for a visitor who has not signed in.",
            errors
        );
        if (RefuseText(body.Text) is { } reason)
        {
            errors.Add(new FieldError("text", reason));
        }
        return errors.Count > 0
            ? Problem.Invalid([.. errors])
            : await conversation.AnswerAsync(new ConversationKey(conversationId), customerId, body.Text!, ct) switch
            {
                Outcome.Answered answered => TypedResults.Ok(answered.Answer),
                var refused => Refuse(context, refused),
            };
    }

    internal static ProblemHttpResult Refuse(HttpContext context, Outcome outcome)
    {
        if (outcome is Outcome.TooMany { Wait: var wait })
        {
            var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            return Problem.Of(429, "too-many-messages", "That was too fast", $"Wait {seconds} seconds, then write again.");
        }
        return Problem.NotFound("conversation", "Leave conversationId out to start a new conversation.");
    }

    internal static string? RefuseText(string? text) =>
        string.IsNullOrWhiteSpace(text) ? "Write something."
        : text.Length > MaxText ? $"Write at most {MaxText} characters; these are {text.Length}."
        : text.Contains('\0') ? "Must not contain a NUL character."
        : null;

    private static Guid? ReadId(string? value, string field, string advice, List<FieldError> errors)
    {
        if (string.IsNullOrEmpty(value))
        {
            return null;
        }
        if (Guid.TryParse(value, out var id))
        {
            return id;
        }
        errors.Add(new FieldError(field, advice));
        return null;
    }
}
