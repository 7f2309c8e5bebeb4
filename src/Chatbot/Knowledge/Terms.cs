using Lucene.Net.Analysis;
using Lucene.Net.Analysis.De;
using Lucene.Net.Analysis.En;
using Lucene.Net.Analysis.Es;
using Lucene.Net.Analysis.Fr;
using Lucene.Net.Analysis.It;
using Lucene.Net.Analysis.Nl;
using Lucene.Net.Analysis.Pt;
using Lucene.Net.Analysis.Standard;
using Lucene.Net.Analysis.TokenAttributes;
using Lucene.Net.Util;

namespace MarketingPlatform.Chatbot.Knowledge;

/// <summary>The words of a text that tell what it is about, as stems: Lucene's analyser of the language, without the words of asking.</summary>
internal static class Terms
{
    private const int MaxRead = 20_000;

    private static readonly Dictionary<string, Analyzer> Analyzers = new(StringComparer.Ordinal)
    {
        ["en"] = new EnglishAnalyzer(LuceneVersion.LUCENE_48),
        ["de"] = new GermanAnalyzer(LuceneVersion.LUCENE_48),
        ["fr"] = new FrenchAnalyzer(LuceneVersion.LUCENE_48),
        ["es"] = new SpanishAnalyzer(LuceneVersion.LUCENE_48),
        ["it"] = new ItalianAnalyzer(LuceneVersion.LUCENE_48),
        ["nl"] = new DutchAnalyzer(LuceneVersion.LUCENE_48),
        ["pt"] = new PortugueseAnalyzer(LuceneVersion.LUCENE_48),
    };

    private static readonly Analyzer Other = new StandardAnalyzer(LuceneVersion.LUCENE_48);

    private static readonly Lock Analysing = new();

    /// <summary>Words that English questions are made of and that say nothing of their subject; Lucene's own list lacks them.</summary>
    private static readonly HashSet<string> Asking =
    [
        .. (
            "i you he she we they me my your our us am can could do doe did how what when where which who why would should shall may might must have ha had "
            + "long much mani get got from about ani some there here so than then just pleas need want like know tell if let also it it' i'm i'v don't"
        ).Split(' '),
    ];

    /// <param name="language">ISO 639-1; an unknown one is split into words and not stemmed.</param>
    public static IReadOnlyList<string> Of(string text, string language)
    {
        var terms = new List<string>();
        // An analyser keeps its token stream for the next text.
        lock (Analysing)
        {
            using var stream = Analyzers
                .GetValueOrDefault(language, Other)
                .GetTokenStream("text", text.Length > MaxRead ? text[..MaxRead] : text);
            var term = stream.AddAttribute<ICharTermAttribute>();
            stream.Reset();
            while (stream.IncrementToken())
                terms.Add(term.ToString()!);
            stream.End();
        }
        return language == "en" ? [.. terms.Where(t => !Asking.Contains(t))] : terms;
    }
}
