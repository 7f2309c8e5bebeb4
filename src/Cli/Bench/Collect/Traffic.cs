using System.Globalization;
using System.Text;

namespace MarketingPlatform.Cli.Bench.Collect;

/// <summary>One event as a client library sends it, in the parts that each of its readers needs.</summary>
internal readonly record struct SentEvent(
    string MessageId,
    string User,
    string Kind,
    string Name,
    string Properties,
    string Context,
    DateTimeOffset At
);

/// <summary>
/// Views of products and pages by customers of a shop, about 700 bytes each on the wire, with the context that Segment's library for
/// browsers adds. Every event has a message id of its own.
/// </summary>
internal sealed class Traffic(TimeProvider clock)
{
    public const int Customers = 10_000;
    private const int Products = 2_000;
    private int next;

    public SentEvent Next()
    {
        var number = Interlocked.Increment(ref next);
        var now = clock.GetUtcNow();
        // Neighbours in time are different people, each with a few events a round.
        var customer = number * 7919L % Customers;
        var product = number * 104729L % Products;
        return new SentEvent(
            $"ajs-next-{Guid.CreateVersion7(now):N}",
            $"user-{customer}",
            number % 3 == 0 ? "page" : "track",
            number % 3 == 0 ? "Product" : "Product Viewed",
            $$"""{"product_id":"sku-{{product}}","name":"Trail running shoe {{product}}","category":"Shoes","brand":"Northern","price":89.9,"currency":"EUR","url":"https://shop.example/p/sku-{{product}}"}""",
            $$$"""{"library":{"name":"analytics.js","version":"npm:next-1.66.0"},"locale":"en-GB","timezone":"Europe/London","userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36","page":{"path":"/p/sku-{{{product}}}","referrer":"","title":"Trail running shoe","url":"https://shop.example/p/sku-{{{product}}}"}}""",
            now
        );
    }

    public static byte[] Body(IEnumerable<SentEvent> events, DateTimeOffset sentAt)
    {
        var text = new StringBuilder("{\"sentAt\":\"").Append(Iso(sentAt)).Append("\",\"batch\":[");
        var first = true;
        foreach (var sent in events)
        {
            if (!first)
                text.Append(',');
            first = false;
            Append(text, sent);
        }
        return Encoding.UTF8.GetBytes(text.Append("]}").ToString());
    }

    public static byte[] Body(SentEvent sent)
    {
        var text = new StringBuilder();
        Append(text, sent);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Append(StringBuilder text, SentEvent sent) =>
        text.Append("{\"type\":\"")
            .Append(sent.Kind)
            .Append(sent.Kind == "track" ? "\",\"event\":\"" : "\",\"name\":\"")
            .Append(sent.Name)
            .Append("\",\"messageId\":\"")
            .Append(sent.MessageId)
            .Append("\",\"userId\":\"")
            .Append(sent.User)
            .Append("\",\"timestamp\":\"")
            .Append(Iso(sent.At))
            .Append("\",\"properties\":")
            .Append(sent.Properties)
            .Append(",\"context\":")
            .Append(sent.Context)
            .Append('}');

    private static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
