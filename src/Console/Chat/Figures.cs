namespace MarketingPlatform.Console.Chat;

/// <summary>As <c>GET /api/v1/chat/overview</c> answers.</summary>
internal sealed record ChatFigures(
    int Conversations,
    int Contained,
    double? Containment,
    int Messages,
    int NotUnderstood,
    int Rated,
    double? Rating,
    int Waiting,
    double? MedianWaitSeconds,
    IReadOnlyList<ChatFigures.CountOf> Answers,
    IReadOnlyList<ChatFigures.CountOf> Reasons
)
{
    internal sealed record CountOf(string Name, int Count);
}

/// <summary>As <c>GET /api/v1/chat/inbox</c> lists them.</summary>
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

/// <summary>As <c>GET /api/v1/chat/conversations</c> lists them.</summary>
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

/// <summary>As <c>GET /api/v1/chat/conversations/{id}</c> answers.</summary>
internal sealed record Conversation(
    Guid Id,
    Guid? CustomerId,
    DateTimeOffset StartedAt,
    DateTimeOffset LastAt,
    IReadOnlyList<Conversation.Line> Messages,
    IReadOnlyList<Conversation.Handoff>? Handoffs,
    int? Rating,
    string? RatingComment
)
{
    /// <summary>The hand-over that lasts; null while the bot has the conversation.</summary>
    public Handoff? Open => Handoffs?.LastOrDefault(handoff => handoff.EndedAt is null);

    internal sealed record Line(string Who, string Text, string Intent, double Confidence, DateTimeOffset At, string? Agent);

    internal sealed record Guess(string Intent, double Probability);

    internal sealed record Handoff(
        string Reason,
        string Intent,
        IReadOnlyDictionary<string, string> Slots,
        string? FirstText,
        IReadOnlyList<Guess> Ranking,
        string? Agent,
        DateTimeOffset OpenedAt,
        DateTimeOffset? EndedAt
    );
}

/// <summary>As <c>GET /api/v1/chat/dialogue</c> answers.</summary>
internal sealed record DialogueText(long? Version, DateTimeOffset? SavedAt, string Yaml, IReadOnlyList<string> Intents);

/// <summary>How the pages name why a conversation was handed over.</summary>
internal static class Reasons
{
    public static string Of(string reason) =>
        reason switch
        {
            "asked" => "Asked for a person",
            "not-understood" => "Was not understood",
            "form-stuck" => "Answers did not fit",
            "sign-in" => "Could not sign in",
            "return" => "Wants to return something",
            _ => Shell.Text.Words(reason),
        };
}
