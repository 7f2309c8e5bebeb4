using MarketingPlatform.Chatbot.Understanding;

namespace MarketingPlatform.Chatbot.Knowledge;

/// <summary>A part of an article that may answer a question.</summary>
/// <param name="ArticleId">The shop's own id of the article.</param>
/// <param name="Url">Where people read the article; null where it has no page.</param>
/// <param name="Text">The passage, plain text.</param>
/// <param name="Score">0 to 1, the probability that it answers the question; comparable between questions.</param>
internal sealed record Passage(string ArticleId, string Title, string? Url, string Text, double Score);

/// <summary>What the articles say to a question.</summary>
/// <param name="Knows">False: none of the passages answers it; the bot must say that it does not know.</param>
/// <param name="Text">What to say, plain text; empty where it does not know.</param>
/// <param name="Citations">The passages that <paramref name="Text"/> rests on, at least one where it knows: the answer names their articles.</param>
/// <param name="Passages">All that were found, the best first, at most <see cref="KnowledgeBase.Most"/>, whether or not they are good enough.</param>
/// <param name="ByLanguageModel">Whether a language model worded it; else it is the article's own words.</param>
internal sealed record KnowledgeAnswer(
    bool Knows,
    string Text,
    IReadOnlyList<Passage> Citations,
    IReadOnlyList<Passage> Passages,
    bool ByLanguageModel = false
)
{
    public static readonly KnowledgeAnswer DoesNotKnow = new(false, "", [], []);

    /// <summary>The probability that the best passage answers the question; 0 where there is none.</summary>
    public double Confidence => Passages.Count > 0 ? Passages[0].Score : 0;
}

/// <summary>Answers questions from the shop's articles, each answer with the article it rests on.</summary>
internal sealed class KnowledgeBase
{
    /// <summary>How many passages a question finds at most.</summary>
    public const int Most = 5;

    private readonly IReadOnlyList<Passage> stored = [];

    /// <param name="understood">The same message as the classifier sees it.</param>
    public Task<KnowledgeAnswer> AskAsync(string question, Understood understood, CancellationToken ct) =>
        Task.FromResult(new KnowledgeAnswer(false, "", [], stored));
}
