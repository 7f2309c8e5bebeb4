using System.Text.Json;

namespace MarketingPlatform.Recommendation.Catalogue;

/// <summary>
/// How alike products are by what they are called: categories, brand, attributes and the words of the name, as unit vectors weighted by
/// how telling a word is (TF–IDF; Salton and Buckley, 1988); likeness is their cosine, 0 to 1. What nobody has bought yet has a place here
/// from its first minute. No I/O; immutable.
/// </summary>
internal sealed class ContentIndex
{
    private const double CategoryWeight = 2;
    private const double BrandWeight = 1.5;

    // A word that more than a fifth of a large catalogue has says next to nothing, and its list would be walked each time.
    private const double CommonShare = 0.2;
    private const int CommonFrom = 500;

    private readonly int[] starts;
    private readonly int[] words;
    private readonly float[] weights;
    private readonly int[] holderStarts;
    private readonly int[] holders;
    private readonly float[] holderWeights;

    private ContentIndex(int[] starts, int[] words, float[] weights, int vocabulary)
    {
        (this.starts, this.words, this.weights) = (starts, words, weights);
        holderStarts = new int[vocabulary + 1];
        foreach (var word in words)
        {
            holderStarts[word + 1]++;
        }
        for (var word = 0; word < vocabulary; word++)
        {
            holderStarts[word + 1] += holderStarts[word];
        }
        (holders, holderWeights) = (new int[words.Length], new float[words.Length]);
        var next = holderStarts.AsSpan(0, vocabulary).ToArray();
        for (var slot = 0; slot < starts.Length - 1; slot++)
        {
            for (var at = starts[slot]; at < starts[slot + 1]; at++)
            {
                var place = next[words[at]]++;
                (holders[place], holderWeights[place]) = (slot, weights[at]);
            }
        }
    }

    public static ContentIndex Of(IReadOnlyList<ShelfProduct> products)
    {
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        var described = new List<(int Word, double Weight)[]>(products.Count);
        var frequency = new List<int>();
        foreach (var product in products)
        {
            var own = new Dictionary<int, double>();
            foreach (var (text, weight) in Words(product))
            {
                if (!vocabulary.TryGetValue(text, out var word))
                {
                    vocabulary.Add(text, word = frequency.Count);
                    frequency.Add(0);
                }
                if (own.TryAdd(word, weight))
                {
                    frequency[word]++;
                }
            }
            described.Add([.. own.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value))]);
        }

        var common = Math.Max(CommonFrom, CommonShare * products.Count);
        var (starts, words, weights) = (new int[products.Count + 1], new List<int>(), new List<float>());
        for (var slot = 0; slot < products.Count; slot++)
        {
            var kept = described[slot]
                .Where(w => frequency[w.Word] <= common)
                .Select(w => (w.Word, Weight: w.Weight * Math.Log(1 + (double)products.Count / frequency[w.Word])))
                .ToArray();
            var length = Math.Sqrt(kept.Sum(w => w.Weight * w.Weight));
            words.AddRange(kept.Select(w => w.Word));
            weights.AddRange(kept.Select(w => (float)(w.Weight / length)));
            starts[slot + 1] = words.Count;
        }
        return new ContentIndex(starts, [.. words], [.. weights], vocabulary.Count);
    }

    /// <summary>Adds <paramref name="weight"/> × likeness with a product to each product's score, itself included.</summary>
    public void AddLikeness(int slot, float weight, Span<float> scores)
    {
        for (var at = starts[slot]; at < starts[slot + 1]; at++)
        {
            var word = words[at];
            var factor = weight * weights[at];
            for (var place = holderStarts[word]; place < holderStarts[word + 1]; place++)
            {
                scores[holders[place]] += factor * holderWeights[place];
            }
        }
    }

    /// <returns>0 (nothing in common) to 1.</returns>
    public float Likeness(int first, int second)
    {
        var (a, b, sum) = (starts[first], starts[second], 0f);
        while (a < starts[first + 1] && b < starts[second + 1])
        {
            var order = words[a].CompareTo(words[b]);
            if (order == 0)
            {
                sum += weights[a++] * weights[b++];
            }
            else if (order < 0)
            {
                a++;
            }
            else
            {
                b++;
            }
        }
        return sum;
    }

    private static IEnumerable<(string Word, double Weight)> Words(ShelfProduct product)
    {
        foreach (var category in product.Categories)
        {
            yield return ("c:" + category, CategoryWeight);
        }
        if (product.Brand is { } brand)
        {
            yield return ("b:" + brand.ToUpperInvariant(), BrandWeight);
        }
        if (product.Attributes.Length > 2)
        {
            foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, string>>(product.Attributes)!)
            {
                yield return ($"a:{name}={value}", 1);
            }
        }
        foreach (var word in product.Name.Split(Breaks, StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.Length > 1)
            {
                yield return ("n:" + word.ToUpperInvariant(), 1);
            }
        }
    }

    private static readonly char[] Breaks = [' ', '\t', ',', ';', '.', ':', '/', '-', '–', '(', ')', '"', '\'', '!', '?', '&', '+'];
}
