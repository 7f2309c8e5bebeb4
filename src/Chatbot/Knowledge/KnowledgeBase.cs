using MarketingPlatform.Chatbot.Understanding;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Chatbot.Knowledge;

/// <summary>A part of an article that may answer a question.</summary>
/// <param name="ArticleId">The shop's own id of the article.</param>
/// <param name="Url">Where people read the article; null where it has no page.</param>
/// <param name="Text">The passage, plain text.</param>
/// <param name="Score">0 to 1: how much of the question the passage is about; comparable between questions.</param>
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

    /// <summary>The score of the best passage; 0 where there is none.</summary>
    public double Confidence => Passages.Count > 0 ? Passages[0].Score : 0;
}

/// <summary>
/// Answers questions from the shop's articles, each answer with the article it rests on: in the article's own words, or, where a language
/// model is set and keeps to them, in its words.
/// </summary>
internal sealed class KnowledgeBase(ChatbotDatabase database, Answerer answerer, IOptions<ChatbotOptions> options, TimeProvider clock)
    : IDisposable
{
    /// <summary>How many passages a question finds at most.</summary>
    public const int Most = 5;

    private readonly SemaphoreSlim building = new(1);
    private volatile Built? built;

    /// <param name="understood">The same message as the classifier sees it.</param>
    /// <param name="mayBeWorded">Whether a language model, where one is set, may word the answer: it costs time and money.</param>
    public async Task<KnowledgeAnswer> AskAsync(string question, Understood understood, CancellationToken ct, bool mayBeWorded = true)
    {
        var passages = (await IndexAsync(ct)).Search(question, understood, Most);
        var found = Decide(passages, options.Value.KnowledgeThreshold);
        return found.Knows && mayBeWorded && answerer.IsOn && await answerer.WordAsync(question, found, ct) is { } worded ? worded : found;
    }

    /// <summary>Pure: whether the best passage is good enough to be the answer.</summary>
    internal static KnowledgeAnswer Decide(IReadOnlyList<Passage> passages, double threshold) =>
        passages.Count > 0 && passages[0].Score >= threshold
            ? new KnowledgeAnswer(true, passages[0].Text, [passages[0]], passages)
            : KnowledgeAnswer.DoesNotKnow with
            {
                Passages = passages,
            };

    public void Dispose() => building.Dispose();

    /// <summary>The index, built again where an article changed, here or in another instance; looks at most every <c>CheckEvery</c>.</summary>
    private async Task<KnowledgeIndex> IndexAsync(CancellationToken ct)
    {
        if (Fresh() is { } fresh)
            return fresh;
        await building.WaitAsync(ct);
        try
        {
            if (Fresh() is { } meanwhile)
                return meanwhile;
            var looked = clock.GetTimestamp();
            var version = await database.QuerySingleAsync<long>("select version from articles_version", null, ct);
            var index =
                built is { } before && before.Version == version
                    ? before.Index
                    : new KnowledgeIndex(await ArticleStore.AllAsync(database, ct));
            built = new Built(version, looked, index);
            return index;
        }
        finally
        {
            building.Release();
        }
    }

    private KnowledgeIndex? Fresh() => built is { } now && clock.GetElapsedTime(now.LookedAt) < options.Value.CheckEvery ? now.Index : null;

    private sealed record Built(long Version, long LookedAt, KnowledgeIndex Index);
}
