using MarketingPlatform.Chatbot.Understanding;
using MarketingPlatform.Chatbot.Understanding.Classifier;

namespace MarketingPlatform.Chatbot.Knowledge;

/// <summary>
/// Finds the passages that answer a question: BM25 (Robertson and Zaragoza 2009; k1 = 1.2, b = 0.75) over stems, with the title, the heading
/// and the article's own questions read as part of each passage; fused with the likeness of the question to those titles and questions
/// (cosine of the classifier's n-grams, which bears typing errors) and with the classifier's probability of the article's intent.
/// Built once, read by many.
/// </summary>
internal sealed class KnowledgeIndex
{
    private const double K1 = 1.2;
    private const double B = 0.75;

    private readonly List<Entry> entries = [];
    private readonly Dictionary<string, int> documents = new(StringComparer.Ordinal);
    private readonly double averageLength;
    private readonly NGrams grams;

    public KnowledgeIndex(IReadOnlyList<Article> articles)
    {
        grams = NGrams.Fit([.. articles.SelectMany(Heads).Select(Wording.Normalise)], NGramWeights.ForLikeness);
        foreach (var article in articles)
        {
            var heads = Heads(article).Select(h => grams.Row(Wording.Normalise(h))).ToArray();
            var shared = string.Join(' ', Heads(article));
            foreach (var (heading, text) in article.Passages())
            {
                var terms = Terms.Of($"{shared} {heading} {text}", article.Language);
                var counts = terms.CountBy(t => t, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
                entries.Add(new Entry(article, text, counts, terms.Count, heads));
                foreach (var term in counts.Keys)
                    documents[term] = documents.GetValueOrDefault(term) + 1;
            }
        }
        averageLength = entries.Count == 0 ? 1 : entries.Average(e => e.Length);
    }

    public int Articles => entries.Select(e => e.Article.ArticleId).Distinct().Count();

    /// <returns>The best passage of each article, the best first, at most <paramref name="most"/>; scores from 0 to 1.</returns>
    public IReadOnlyList<Passage> Search(string question, Understood understood, int most)
    {
        var row = grams.Row(Wording.Normalise(question));
        var stems = new Dictionary<string, string[]>(StringComparer.Ordinal);
        return
        [
            .. entries
                .Select(e =>
                {
                    if (!stems.TryGetValue(e.Article.Language, out var terms))
                        stems[e.Article.Language] = terms = [.. Terms.Of(question, e.Article.Language).Distinct()];
                    return (Entry: e, Score: Score(e, terms, row, understood));
                })
                .Where(found => found.Score > 0)
                .GroupBy(found => found.Entry.Article.ArticleId)
                .Select(article => article.MaxBy(found => found.Score))
                .OrderByDescending(found => found.Score)
                .ThenBy(found => found.Entry.Article.ArticleId, StringComparer.Ordinal)
                .Take(most)
                .Select(found => new Passage(
                    found.Entry.Article.ArticleId,
                    found.Entry.Article.Title,
                    found.Entry.Article.Url,
                    found.Entry.Text,
                    Math.Round(found.Score, 4)
                )),
        ];
    }

    /// <summary>
    /// The share of the question that the passage is about, as BM25 weighs its terms (a term that no article has weighs as much as the rarest,
    /// so a question about something else stays low), raised by likeness of wording and by the intent: 1 − the product of what each leaves open.
    /// </summary>
    private double Score(Entry entry, IReadOnlyList<string> terms, SparseRow row, Understood understood)
    {
        var (found, all) = (0.0, 0.0);
        foreach (var term in terms)
        {
            var idf = Idf(documents.GetValueOrDefault(term));
            all += idf;
            if (entry.Counts.TryGetValue(term, out var count))
                found += idf * count * (K1 + 1) / (count + K1 * (1 - B + B * entry.Length / averageLength));
        }
        var covered = all == 0 ? 0 : Math.Min(1, found / all / ((K1 + 1) / 2));
        // Words and characters have length 1 each: a text is 2 like itself.
        var alike = entry.Heads.Max(head => Product(head, row)) / 2;
        var meant =
            entry.Article.Intent is { } intent && understood.IsSure
                ? understood.Ranking.FirstOrDefault(r => r.Intent == intent)?.Probability ?? 0
                : 0;
        return 1 - (1 - 0.8 * covered) * (1 - alike) * (1 - 0.15 * meant);
    }

    private double Idf(int documents) => Math.Log(1 + (entries.Count - documents + 0.5) / (documents + 0.5));

    private static IEnumerable<string> Heads(Article article) => [article.Title, .. article.Questions];

    private static float Product(SparseRow a, SparseRow b)
    {
        var (i, j, sum) = (0, 0, 0f);
        while (i < a.Index.Length && j < b.Index.Length)
        {
            if (a.Index[i] == b.Index[j])
                sum += a.Value[i++] * b.Value[j++];
            else if (a.Index[i] < b.Index[j])
                i++;
            else
                j++;
        }
        return sum;
    }

    private sealed record Entry(Article Article, string Text, Dictionary<string, int> Counts, int Length, SparseRow[] Heads);
}
