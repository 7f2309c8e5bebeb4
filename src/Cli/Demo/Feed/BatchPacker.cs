using System.Buffers;
using System.Text;
using System.Text.Json;
using MarketingPlatform.Cli.Demo.Shop;

namespace MarketingPlatform.Cli.Demo.Feed;

/// <summary>Packs calls into bodies of <c>POST /v1/batch</c> within the limits of the Segment API.</summary>
internal static class BatchPacker
{
    public const int MostEvents = 100;

    /// <summary>The API allows 500 KB a body; this leaves room for the frame.</summary>
    public const int MostBytes = 490_000;

    private static readonly byte[] Opening = Encoding.UTF8.GetBytes("""{"batch":[""");

    public static IEnumerable<Batch> Pack(IEnumerable<ShopCall> calls)
    {
        var one = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(one);
        var body = Empty();
        var (count, last) = (0, default(DateTimeOffset));
        foreach (var call in calls)
        {
            one.ResetWrittenCount();
            json.Reset();
            call.WriteTo(json);
            json.Flush();
            if (one.WrittenCount > MostBytes - Opening.Length)
                throw new InvalidOperationException($"The call {call.MessageId} alone is {one.WrittenCount} bytes long.");

            if (count == MostEvents || body.WrittenCount + 1 + one.WrittenCount > MostBytes)
            {
                yield return new Batch(body.WrittenMemory, count, last);
                (body, count) = (Empty(), 0);
            }
            if (count > 0)
                body.Write(","u8);
            body.Write(one.WrittenSpan);
            (count, last) = (count + 1, call.At);
        }
        if (count > 0)
            yield return new Batch(body.WrittenMemory, count, last);
    }

    private static ArrayBufferWriter<byte> Empty()
    {
        var body = new ArrayBufferWriter<byte>(64 * 1024);
        body.Write(Opening);
        return body;
    }
}

/// <param name="Start">The body up to, but without, the end of the array of events.</param>
/// <param name="Last">Time of the last event.</param>
internal sealed record Batch(ReadOnlyMemory<byte> Start, int Count, DateTimeOffset Last)
{
    public byte[] ToBody(DateTimeOffset sentAt) =>
        [.. Start.Span, .. Encoding.UTF8.GetBytes($$"""],"sentAt":"{{sentAt.UtcDateTime:O}}"}""")];
}
