using Lucene.Net.Analysis.De;
using Lucene.Net.Analysis.En;
using Lucene.Net.Analysis.Es;
using Lucene.Net.Analysis.Fr;
using Lucene.Net.Analysis.It;
using Lucene.Net.Analysis.Nl;
using Lucene.Net.Analysis.Pt;

namespace MarketingPlatform.Chatbot.Understanding;

/// <summary>The words that hold a language's sentences together: Lucene's lists, Polish our own.</summary>
internal static class JoiningWords
{
    private const string Polish =
        "a ale bo być co czy dla do gdzie i ich ile jak jaki jest już kiedy który mam mnie mój moje moja na nie o od po proszę się są ta te to u w z za ze że";

    /// <value>In lower case, by ISO 639-1.</value>
    public static readonly IReadOnlyDictionary<string, HashSet<string>> ByLanguage = new Dictionary<string, HashSet<string>>(
        StringComparer.Ordinal
    )
    {
        ["en"] = [.. EnglishAnalyzer.DefaultStopSet],
        ["de"] = [.. GermanAnalyzer.DefaultStopSet],
        ["fr"] = [.. FrenchAnalyzer.DefaultStopSet],
        ["es"] = [.. SpanishAnalyzer.DefaultStopSet],
        ["it"] = [.. ItalianAnalyzer.DefaultStopSet],
        ["nl"] = [.. DutchAnalyzer.DefaultStopSet],
        ["pt"] = [.. PortugueseAnalyzer.DefaultStopSet],
        ["pl"] = [.. Polish.Split(' ')],
    };
}
