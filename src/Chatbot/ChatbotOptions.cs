using System.ComponentModel.DataAnnotations;

namespace MarketingPlatform.Chatbot;

/// <summary>Settings of this service; bound from the section <c>Chatbot</c> and checked at start.</summary>
internal sealed class ChatbotOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Chatbot";

    /// <value>
    /// Default 0.08. Share of messages within scope that at most, with 90 % confidence, fall back, so that those which nobody here can answer do:
    /// sets the in-scope score that an answer needs.
    /// </value>
    [Range(0, 0.5)]
    public double FalseRejection { get; init; } = 0.08;

    /// <value>Default 1. Threads that a training may use; the rest of the machine goes on answering.</value>
    [Range(1, 64)]
    public int TrainingThreads { get; init; } = 1;

    /// <value>Default 2 s. How often an instance looks whether another one trained a newer model.</value>
    public TimeSpan CheckEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <value>Default 3 s. How long a message waits for the very first model after the very first start; then it is answered without one.</value>
    public TimeSpan WaitForModel { get; init; } = TimeSpan.FromSeconds(3);

    /// <value>
    /// Default English, German, French. Languages that visitors write in, ISO 639-1, the shop's own first; of en, de, fr, es, it, nl, pt, pl.
    /// Each costs memory as soon as the first message is read; with one there is nothing to detect.
    /// </value>
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <value>Default 0.5; between 0 and 1. A passage of an article with a lower score is no answer: the bot says that it does not know.</value>
    [Range(0, 1)]
    public double KnowledgeThreshold { get; init; } = 0.5;

    /// <value>Default false. Whether a sitemap may be read from an address of a private network.</value>
    public bool PrivateSitemaps { get; init; }

    /// <value>Default 5. Models kept in the database besides the serving one.</value>
    [Range(0, 1_000)]
    public int ModelsKept { get; init; } = 5;

    /// <value>Default 20. Messages that one conversation takes within a minute; more are answered 429.</value>
    [Range(1, 10_000)]
    public int MessagesPerMinute { get; init; } = 20;

    /// <value>Default 30. Conversations that one network address may open by the widget within a minute.</value>
    [Range(1, 100_000)]
    public int VisitsPerMinute { get; init; } = 30;

    /// <value>Default 10 minutes. How long a code by e-mail is good for.</value>
    public TimeSpan CodeLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <value>Default 3. Codes that one conversation or one address gets within a quarter of an hour.</value>
    [Range(1, 100)]
    public int CodesPerQuarter { get; init; } = 3;

    /// <value>Default 1 hour. How long after a code or a signed token a visitor of the widget counts as known.</value>
    public TimeSpan KnownFor { get; init; } = TimeSpan.FromHours(1);

    /// <value>Default 500 ms. What Recommendation may take before the bot answers without it.</value>
    public TimeSpan RecommendationTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <value>Default 1 s. How often a widget that waits for a person looks for what was said.</value>
    public TimeSpan FollowEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <value>
    /// Default false. Lets the web hook of hand-overs lead to a private address (a help desk in the shop's own network). Elsewhere it is refused,
    /// so that nobody who may write the dialogue can reach what only this machine can.
    /// </value>
    public bool AllowPrivateWebHook { get; init; }

    /// <value>Default 30 days. Conversations of visitors whom nobody knows are deleted so long after their last word.</value>
    public TimeSpan KeepStrangers { get; init; } = TimeSpan.FromDays(30);
}
