using System.Text;
using MarketingPlatform.Chatbot.Understanding;
using MarketingPlatform.Chatbot.Understanding.Classifier;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Understanding.Classifier;

/// <summary>A model of one look-up table, written here byte by byte: the vector of a token is a row, that of a sentence the rows' mean.</summary>
public sealed class OnnxSentenceEncoderTests : IDisposable
{
    private static readonly string[] Track = ["parcel", "package", "box", "shipment", "freight", "cargo", "courier", "van"];
    private static readonly string[] Pay = ["card", "money", "cash", "bill", "fee", "euro", "bank", "debt"];
    private static readonly string[] Vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Track, .. Pay];

    // The marks say nothing; all words of a topic mean the same.
    private static readonly float[] Table =
    [
        .. Enumerable.Repeat(0f, 10),
        .. Track.SelectMany(_ => new[] { 2f, 0f }),
        .. Pay.SelectMany(_ => new[] { 0f, 2f }),
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("onnx").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_sentence_is_the_mean_of_its_tokens()
    {
        using var encoder = Create();

        Assert.Equal(2, encoder.Dimensions);
        // [CLS] van parcel [SEP]
        Assert.Equal([1f, 0f], encoder.Encode("Van PARCEL"));
        Assert.Equal([0.5f, 0.5f], encoder.Encode("parcel money"));
    }

    [Fact]
    public void What_the_encoder_knows_helps_the_classifier_with_words_that_no_example_has()
    {
        using var encoder = Create();
        // A word is seen once, so none of the n-grams helps with another.
        Example[] examples = [.. Track.Take(6).Select(w => new Example(w, "track")), .. Pay.Take(6).Select(w => new Example(w, "pay"))];

        var model = Trained.Train(examples, encoder: encoder).Model;
        var stored = IntentModel.FromBytes(model.ToBytes(), encoder);

        Assert.True(model.Blend.Encoder > 0);
        Assert.All(Track, w => Assert.Equal("track", model.Judge(w).Ranking[0].Intent));
        Assert.All(Pay, w => Assert.Equal("pay", stored.Judge(w).Ranking[0].Intent));
        Assert.Throws<InvalidDataException>(() => IntentModel.FromBytes(model.ToBytes(), null));
    }

    [Fact]
    public void A_missing_or_broken_file_is_named()
    {
        var broken = Path.Combine(folder, "broken.onnx");
        File.WriteAllText(broken, "no model");
        var vocabulary = Path.Combine(folder, "vocab.txt");
        File.WriteAllLines(vocabulary, Vocabulary);

        var missing = Assert.Throws<InvalidDataException>(() =>
            new OnnxSentenceEncoder(new() { Model = "/nowhere.onnx", Vocabulary = vocabulary })
        );
        Assert.Contains("/nowhere.onnx", missing.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => new OnnxSentenceEncoder(new() { Model = broken, Vocabulary = vocabulary }));
    }

    private OnnxSentenceEncoder Create()
    {
        var (model, vocabulary) = (Path.Combine(folder, "model.onnx"), Path.Combine(folder, "vocab.txt"));
        File.WriteAllBytes(model, Model());
        File.WriteAllLines(vocabulary, Vocabulary);
        return new OnnxSentenceEncoder(new EncoderOptions { Model = model, Vocabulary = vocabulary });
    }

    // The messages of onnx.proto3, field by field.
    private static byte[] Model()
    {
        var raw = new byte[Table.Length * 4];
        Buffer.BlockCopy(Table, 0, raw, 0, raw.Length);
        var table = Join(Number(1, Vocabulary.Length), Number(1, 2), Number(2, 1), Text(8, "table"), Bytes(9, raw));
        var node = Join(Text(1, "table"), Text(1, "input_ids"), Text(2, "last_hidden_state"), Text(4, "Gather"));
        var graph = Join(
            Bytes(1, node),
            Text(2, "look-up"),
            Bytes(5, table),
            Bytes(11, Value("input_ids", 7, Dimension(1), Dimension("tokens"))),
            Bytes(12, Value("last_hidden_state", 1, Dimension(1), Dimension("tokens"), Dimension(2)))
        );
        return Join(Number(1, 8), Bytes(7, graph), Bytes(8, Number(2, 13)));
    }

    private static byte[] Value(string name, int type, params byte[][] dimensions) =>
        Join(Text(1, name), Bytes(2, Bytes(1, Join(Number(1, type), Bytes(2, Join([.. dimensions.Select(d => Bytes(1, d))]))))));

    private static byte[] Dimension(int size) => Number(1, size);

    private static byte[] Dimension(string name) => Text(2, name);

    private static byte[] Number(int field, long value) => [(byte)(field << 3), .. Varint(value)];

    private static byte[] Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    private static byte[] Bytes(int field, byte[] value) => [(byte)((field << 3) | 2), .. Varint(value.Length), .. value];

    private static byte[] Varint(long value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }

    private static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(p => p)];
}
