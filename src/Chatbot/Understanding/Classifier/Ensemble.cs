using System.Numerics.Tensors;

namespace MarketingPlatform.Chatbot.Understanding.Classifier;

/// <summary>What the members of an ensemble think of a text, class by class.</summary>
/// <param name="Known">Whether the text has any feature that the examples had.</param>
internal sealed record Scores(float[] Networks, float[] Linear, float[]? Encoded, bool Known);

/// <summary>
/// The members: a linear model and several networks over n-grams, and with a sentence encoder a second linear model over what it says.
/// Networks (there may be none, for a quick model) differ in seed and, by turns, in input dropout (0.7, 0.8) and input scale (1.5, 2); their logits are averaged.
/// </summary>
internal sealed class Ensemble
{
    private const int LeastHidden = 64;
    private const int MostHidden = 256;
    private const int LeastEpochs = 20;
    private const int MostEpochs = 40;
    private const int ExamplesShown = 300_000;

    private readonly int classes;
    private readonly NGrams grams;
    private readonly LinearModel linear;
    private readonly Network[] networks;
    private readonly LinearModel? encoded;
    private readonly ISentenceEncoder? encoder;

    private Ensemble(int classes, NGrams grams, LinearModel linear, Network[] networks, LinearModel? encoded, ISentenceEncoder? encoder) =>
        (this.classes, this.grams, this.linear, this.networks, this.encoded, this.encoder) = (
            classes,
            grams,
            linear,
            networks,
            encoded,
            encoder
        );

    /// <param name="targets">The class of each text, 0 to <paramref name="classes"/> − 1.</param>
    /// <param name="memberDone">Called, by several threads, with the share of the whole work that was done since.</param>
    public static Ensemble Fit(
        IReadOnlyList<string> texts,
        IReadOnlyList<int> targets,
        int classes,
        int networks,
        int threads,
        ISentenceEncoder? encoder,
        Action<double>? memberDone,
        CancellationToken ct
    )
    {
        var normalised = texts.Select(Wording.Normalise).ToArray();
        var grams = NGrams.Fit(normalised, NGramWeights.ForLearning);
        var rows = normalised.Select(grams.Row).ToArray();
        var linear = LinearModel.Fit(rows, targets, classes, grams.Count, threads, ct);
        var encoded = encoder is null
            ? null
            : LinearModel.Fit([.. texts.Select(t => Dense(encoder, t))], targets, classes, encoder.Dimensions, threads, ct);
        var epochs = Math.Clamp(ExamplesShown / Math.Max(rows.Length, 1), LeastEpochs, MostEpochs);
        var members = new Network[networks];
        Parallel.For(
            0,
            networks,
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = ct },
            n =>
                members[n] = Network.Fit(
                    rows,
                    targets,
                    classes,
                    grams.Count,
                    new NetworkOptions(
                        Math.Clamp(4 * classes, LeastHidden, MostHidden),
                        epochs,
                        n % 2 == 0 ? 0.7f : 0.8f,
                        n % 2 == 0 ? 1.5f : 2f
                    ),
                    n + 1,
                    () => memberDone?.Invoke(1.0 / networks / epochs),
                    ct
                )
        );
        return new Ensemble(classes, grams, linear, members, encoded, encoder);
    }

    public Scores Score(string text)
    {
        var row = grams.Row(Wording.Normalise(text));
        var (mean, one, margins) = (new float[classes], new float[classes], new float[classes]);
        foreach (var network in networks)
        {
            network.Score(row, one);
            TensorPrimitives.Add(mean, one, mean);
        }
        TensorPrimitives.Divide(mean, Math.Max(1, networks.Length), mean);
        linear.Score(row, margins);
        float[]? said = null;
        if (encoded is not null)
            encoded.Score(Dense(encoder!, text), said = new float[classes]);
        return new Scores(mean, margins, said, row.Index.Length > 0);
    }

    private static SparseRow Dense(ISentenceEncoder encoder, string text)
    {
        var vector = encoder.Encode(text);
        var length = TensorPrimitives.Norm<float>(vector);
        if (length > 0)
            TensorPrimitives.Divide(vector, length, vector);
        return new SparseRow([.. Enumerable.Range(0, vector.Length)], vector);
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(classes);
        grams.Write(writer);
        linear.Write(writer);
        writer.Write(networks.Length);
        foreach (var network in networks)
            network.Write(writer);
        writer.Write(encoded is not null);
        encoded?.Write(writer);
    }

    /// <exception cref="InvalidDataException">It was trained with a sentence encoder and none is given.</exception>
    public static Ensemble Read(BinaryReader reader, ISentenceEncoder? encoder)
    {
        var classes = reader.ReadInt32();
        var grams = NGrams.Read(reader, NGramWeights.ForLearning);
        var linear = LinearModel.Read(reader);
        var networks = new Network[reader.ReadInt32()];
        for (var n = 0; n < networks.Length; n++)
            networks[n] = Network.Read(reader);
        var encoded = reader.ReadBoolean() ? LinearModel.Read(reader) : null;
        if (encoded is not null && encoder is null)
            throw new InvalidDataException(
                "The model was trained with a sentence encoder; set Chatbot:Encoder to its files, or train again."
            );
        return new Ensemble(classes, grams, linear, networks, encoded, encoded is null ? null : encoder);
    }
}
