using System.ComponentModel.DataAnnotations;

namespace MarketingPlatform.Chatbot;

/// <summary>Settings of this service; bound from the section <c>Chatbot</c> and checked at start.</summary>
internal sealed class ChatbotOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Chatbot";

    /// <value>
    /// Default 0.05. Share of messages within scope that may fall back, so that those which nobody here can answer do: sets the in-scope score
    /// that an answer needs.
    /// </value>
    [Range(0, 0.5)]
    public double FalseRejection { get; init; } = 0.05;

    /// <value>Default 1. Threads that a training may use; the rest of the machine goes on answering.</value>
    [Range(1, 64)]
    public int TrainingThreads { get; init; } = 1;

    /// <value>Default 2 s. How often an instance looks whether another one trained a newer model.</value>
    public TimeSpan CheckEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <value>Default 10 s. How long a message waits for the very first model after the very first start.</value>
    public TimeSpan WaitForModel { get; init; } = TimeSpan.FromSeconds(10);

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
}
