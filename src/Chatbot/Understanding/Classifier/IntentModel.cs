namespace MarketingPlatform.Chatbot.Understanding.Classifier;

/// <summary>What the classifier thinks of a text.</summary>
/// <param name="Ranking">All intents within scope, the likeliest first. The probabilities and that of out of scope add up to 1.</param>
/// <param name="InScope">
/// 0 to 1. Where examples of out of scope exist: the probability of the best intent against that of out of scope, p / (p + p_out). Where there
/// are none: the probability of the best intent. 0 for a text of which no n-gram was ever seen.
/// </param>
internal sealed record Judgement(IReadOnlyList<RankedIntent> Ranking, double InScope);

/// <summary>A trained classifier in memory: members, blend, and the threshold of what counts as understood. Safe for many callers.</summary>
/// <param name="Labels">The classes in their order.</param>
/// <param name="OutOfScope">The place of out of scope among them; −1 where no example of it was given.</param>
/// <param name="Threshold">An <see cref="Judgement.InScope"/> below it is not understood.</param>
internal sealed record IntentModel(IReadOnlyList<string> Labels, int OutOfScope, Ensemble Members, Blend Blend, double Threshold)
{
    private const int Format = 2;

    public Judgement Judge(string text)
    {
        var scores = Members.Score(text);
        return Judge(scores, Blend, Labels, OutOfScope);
    }

    internal static Judgement Judge(Scores scores, Blend blend, IReadOnlyList<string> labels, int outOfScope)
    {
        var p = blend.Probabilities(scores);
        var ranking = Enumerable
            .Range(0, labels.Count)
            .Where(c => c != outOfScope)
            .OrderByDescending(c => p[c])
            .ThenBy(c => c)
            .Select(c => new RankedIntent(labels[c], p[c]))
            .ToArray();
        var best = ranking[0].Probability;
        var inScope =
            !scores.Known ? 0
            : outOfScope < 0 ? best
            : best / (best + p[outOfScope]);
        return new Judgement(ranking, inScope);
    }

    public byte[] ToBytes()
    {
        using var content = new MemoryStream();
        using (var writer = new BinaryWriter(content))
        {
            writer.Write(Format);
            writer.Write(Labels.Count);
            foreach (var label in Labels)
                writer.Write(label);
            writer.Write(OutOfScope);
            writer.Write(Blend.Temperature);
            writer.Write(Blend.Linear);
            writer.Write(Blend.Encoder);
            writer.Write(Threshold);
            Members.Write(writer);
        }
        return content.ToArray();
    }

    /// <exception cref="InvalidDataException">It is of another version, or needs an encoder that is not there.</exception>
    public static IntentModel FromBytes(byte[] content, ISentenceEncoder? encoder)
    {
        using var reader = new BinaryReader(new MemoryStream(content));
        if (reader.ReadInt32() != Format)
            throw new InvalidDataException("The stored model is of another version of this service: train again.");
        var labels = new string[reader.ReadInt32()];
        for (var c = 0; c < labels.Length; c++)
            labels[c] = reader.ReadString();
        var outOfScope = reader.ReadInt32();
        var blend = new Blend(reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        var threshold = reader.ReadDouble();
        return new IntentModel(labels, outOfScope, Ensemble.Read(reader, encoder), blend, threshold);
    }
}
