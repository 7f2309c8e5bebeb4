using System.Runtime.InteropServices;

namespace MarketingPlatform.Chatbot.Understanding.Classifier;

/// <summary>What n-grams count for.</summary>
/// <param name="MinCharacters">The shortest n-grams of characters, 1 to 4.</param>
/// <param name="IdfPower">The power to which the inverse document frequency is raised: below 1, rare n-grams count less than in plain TF–IDF.</param>
/// <param name="Longest">What n-grams of five characters count for: they are many, and say much the same as their parts.</param>
/// <param name="WordLength">The length of a text's words, where its characters have length 1.</param>
internal sealed record NGramWeights(int MinCharacters, float IdfPower, float Longest, float WordLength)
{
    /// <summary>From which intents are learnt best.</summary>
    public static readonly NGramWeights ForLearning = new(2, 0.5f, 0.5f, 0.5f);

    /// <summary>Plain TF–IDF of words and characters alike: how like two wordings are.</summary>
    public static readonly NGramWeights ForLikeness = new(1, 1, 1, 1);
}

/// <summary>
/// Words 1–2 and characters up to 5 (over the whole normalised text, blanks included) as TF–IDF: tf is 1 + ln(count), idf is a power of
/// ln((1 + n) / (1 + df)) + 1; characters and words of a text have their own lengths (<see cref="NGramWeights"/>). An n-gram is known by its 64-bit
/// FNV-1a hash: with a million of them two collide with a probability of 3 in 10 million.
/// </summary>
internal sealed class NGrams
{
    private const int MaxCharacters = 5;

    /// <summary>The n-grams of most texts are kept: a bound for the memory of a model (16 bits a weight, hidden unit and network).</summary>
    private const int MaxFeatures = 60_000;

    private readonly Dictionary<ulong, int> places;
    private readonly float[] idf;
    private readonly float rarest;
    private readonly NGramWeights weights;

    private NGrams(Dictionary<ulong, int> places, float[] idf, NGramWeights weights) =>
        (this.places, this.idf, rarest, this.weights) = (places, idf, idf.DefaultIfEmpty().Max(), weights);

    /// <summary>How many features there are.</summary>
    public int Count => idf.Length;

    public static NGrams Fit(IReadOnlyList<string> normalised, NGramWeights weights)
    {
        var texts = new Dictionary<ulong, int>();
        foreach (var text in normalised)
        foreach (var gram in Counts(text, weights).Keys)
            CollectionsMarshal.GetValueRefOrAddDefault(texts, gram, out _)++;
        // Ties and order by the hash: the same texts give the same features on every machine.
        var kept = texts.OrderByDescending(t => t.Value).ThenBy(t => t.Key).Take(MaxFeatures).OrderBy(t => t.Key).ToArray();
        var places = new Dictionary<ulong, int>(kept.Length);
        var idf = new float[kept.Length];
        for (var i = 0; i < kept.Length; i++)
        {
            places.Add(kept[i].Key, i);
            idf[i] = MathF.Pow(MathF.Log((1f + normalised.Count) / (1f + kept[i].Value)) + 1, weights.IdfPower);
        }
        return new NGrams(places, idf, weights);
    }

    /// <summary>
    /// The features of a text. N-grams that no example had count for the length as if they were as rare as the rarest: a text of unknown words
    /// is short for the models, so none of them is sure of it.
    /// </summary>
    public SparseRow Row(string normalised)
    {
        var found = new List<(int Index, float Value, bool IsWord)>();
        var (words, characters) = (0f, 0f);
        foreach (var (gram, count) in Counts(normalised, weights))
        {
            var isKnown = places.TryGetValue(gram, out var place);
            var value = (1 + MathF.Log(count)) * (isKnown ? idf[place] : rarest) * (IsLong(gram) ? weights.Longest : 1);
            var isWord = IsWord(gram);
            if (isWord)
                words += value * value;
            else
                characters += value * value;
            if (isKnown)
                found.Add((place, value, isWord));
        }
        found.Sort((a, b) => a.Index.CompareTo(b.Index));
        var row = new SparseRow(new int[found.Count], new float[found.Count]);
        var (byWords, byCharacters) = (
            weights.WordLength / MathF.Sqrt(MathF.Max(words, 1e-12f)),
            1 / MathF.Sqrt(MathF.Max(characters, 1e-12f))
        );
        for (var k = 0; k < found.Count; k++)
        {
            row.Index[k] = found[k].Index;
            row.Value[k] = found[k].Value * (found[k].IsWord ? byWords : byCharacters);
        }
        return row;
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(idf.Length);
        foreach (var (gram, place) in places.OrderBy(p => p.Value))
        {
            writer.Write(gram);
            writer.Write(idf[place]);
        }
    }

    public static NGrams Read(BinaryReader reader, NGramWeights weights)
    {
        var count = reader.ReadInt32();
        var places = new Dictionary<ulong, int>(count);
        var idf = new float[count];
        for (var i = 0; i < count; i++)
        {
            places.Add(reader.ReadUInt64(), i);
            idf[i] = reader.ReadSingle();
        }
        return new NGrams(places, idf, weights);
    }

    // The lowest bit of a hash tells words from characters, the next one the longest of these.
    private const ulong Word = 1;
    private const ulong Long = 2;

    private static bool IsWord(ulong gram) => (gram & Word) != 0;

    private static bool IsLong(ulong gram) => (gram & Long) != 0;

    private static ulong Mark(ulong hash, ulong kind) => (hash & ~(Word | Long)) | kind;

    private static Dictionary<ulong, int> Counts(string normalised, NGramWeights weights)
    {
        var counts = new Dictionary<ulong, int>(normalised.Length * (MaxCharacters + 1));
        var padded = $" {normalised} ";
        for (var start = 0; start < padded.Length; start++)
        {
            var hash = Start;
            for (var end = start; end < Math.Min(padded.Length, start + MaxCharacters); end++)
            {
                hash = Add(hash, padded[end]);
                var length = end - start + 1;
                // A blank alone tells nothing.
                if (length >= weights.MinCharacters && (length > 1 || padded[end] != ' '))
                    CollectionsMarshal.GetValueRefOrAddDefault(counts, Mark(hash, length == MaxCharacters ? Long : 0), out _)++;
            }
        }
        var before = 0ul;
        foreach (var range in normalised.AsSpan().Split(' '))
        {
            var hash = Start;
            foreach (var c in normalised.AsSpan(range))
                hash = Add(hash, c);
            CollectionsMarshal.GetValueRefOrAddDefault(counts, Mark(hash, Word), out _)++;
            if (before != 0)
            {
                var pair = Add(before, ' ');
                foreach (var c in normalised.AsSpan(range))
                    pair = Add(pair, c);
                CollectionsMarshal.GetValueRefOrAddDefault(counts, Mark(pair, Word), out _)++;
            }
            before = hash;
        }
        return counts;
    }

    private const ulong Start = 14695981039346656037;

    private static ulong Add(ulong hash, char c) => (hash ^ c) * 1099511628211;
}
