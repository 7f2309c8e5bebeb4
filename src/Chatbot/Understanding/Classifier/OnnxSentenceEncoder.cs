using System.Security.Cryptography;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Microsoft.ML.Tokenizers;

namespace MarketingPlatform.Chatbot.Understanding.Classifier;

/// <summary>Files of a sentence encoder that the user brings; bound from <c>Chatbot:Encoder</c>. Off unless both are set.</summary>
internal sealed class EncoderOptions
{
    public const string Section = "Chatbot:Encoder";

    /// <value>Path of an ONNX model of the BERT family (input_ids, attention_mask, maybe token_type_ids). Default empty: no encoder.</value>
    public string Model { get; init; } = "";

    /// <value>Path of its WordPiece vocabulary, <c>vocab.txt</c>.</value>
    public string Vocabulary { get; init; } = "";

    /// <value>Default true; false for a vocabulary that tells capitals apart.</value>
    public bool LowerCase { get; init; } = true;

    public bool IsOn => Model.Length > 0;
}

/// <summary>
/// A sentence's vector from an ONNX model: the mean of its tokens' vectors (Reimers and Gurevych 2019), or the model's own pooled output.
/// One thread a sentence, at most <see cref="MaxTokens"/> tokens.
/// </summary>
internal sealed class OnnxSentenceEncoder : ISentenceEncoder, IDisposable
{
    private const int MaxTokens = 128;

    private readonly InferenceSession session;
    private readonly BertTokenizer tokenizer;
    private readonly string output;

    /// <exception cref="InvalidDataException">A file is missing, or is no such model; says which.</exception>
    public OnnxSentenceEncoder(EncoderOptions options)
    {
        foreach (var (path, name) in new[] { (options.Model, nameof(options.Model)), (options.Vocabulary, nameof(options.Vocabulary)) })
            if (!File.Exists(path))
                throw new InvalidDataException($"Chatbot:Encoder:{name}: there is no file '{path}'.");
        try
        {
            using var session = new Microsoft.ML.OnnxRuntime.SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
            this.session = new InferenceSession(options.Model, session);
            tokenizer = BertTokenizer.Create(options.Vocabulary, new BertOptions { LowerCaseBeforeTokenization = options.LowerCase });
        }
        catch (Exception e) when (e is OnnxRuntimeException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException($"Chatbot:Encoder cannot be loaded: {e.Message}", e);
        }
        (output, var shape) = (session.OutputMetadata.First().Key, session.OutputMetadata.First().Value.Dimensions);
        if (shape.Length is not (2 or 3) || !session.InputMetadata.ContainsKey("input_ids"))
            throw new InvalidDataException(
                "Chatbot:Encoder:Model needs the input input_ids and an output of a vector a token or a sentence."
            );
        using var content = File.OpenRead(options.Model);
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(content));
        Dimensions = Encode("a").Length;
    }

    public int Dimensions { get; }

    public string Fingerprint { get; }

    public float[] Encode(string text)
    {
        var tokens = tokenizer.EncodeToIds(text, MaxTokens, out _, out _).Select(id => (long)id).ToArray();
        var inputs = session
            .InputMetadata.Keys.Select(name =>
                NamedOnnxValue.CreateFromTensor(
                    name,
                    new DenseTensor<long>(
                        name switch
                        {
                            "input_ids" => tokens,
                            "attention_mask" => Enumerable.Repeat(1L, tokens.Length).ToArray(),
                            _ => new long[tokens.Length],
                        },
                        [1, tokens.Length]
                    )
                )
            )
            .ToArray();
        using var results = session.Run(inputs, [output]);
        var values = results[0].AsTensor<float>();
        var width = values.Dimensions[^1];
        var mean = new float[width];
        var n = 0;
        foreach (var value in values)
            mean[n++ % width] += value * width / values.Length;
        return mean;
    }

    public void Dispose() => session.Dispose();
}
