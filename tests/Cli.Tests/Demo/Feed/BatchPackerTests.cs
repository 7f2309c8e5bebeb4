using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using MarketingPlatform.Cli.Demo.Feed;
using MarketingPlatform.Cli.Demo.Shop;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Demo.Feed;

public sealed class BatchPackerTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Batches_keep_the_limits_and_hold_each_call_once_in_its_order() =>
        Gen.Int[0, 60_000]
            .Array[0, 260]
            .Sample(
                sizes =>
                {
                    var calls = sizes.Select((size, i) => Call(i, size)).ToArray();
                    var bodies = BatchPacker.Pack(calls).Select(batch => batch.ToBody(At)).ToArray();
                    var ids = bodies.Select(body => JsonNode.Parse(body)!["batch"]!.AsArray()).ToArray();
                    return bodies.All(body => body.Length < 500_000)
                        && ids.All(events => events.Count is > 0 and <= 100)
                        && ids.SelectMany(events => events.Select(call => (string)call!["messageId"]!))
                            .SequenceEqual(calls.Select(call => call.MessageId));
                },
                iter: 30
            );

    [Fact]
    public void Small_calls_fill_batches_to_a_hundred() =>
        Assert.Equal([100, 100, 50], BatchPacker.Pack(Enumerable.Range(0, 250).Select(i => Call(i, 10))).Select(batch => batch.Count));

    [Fact]
    public void A_body_says_when_it_was_sent()
    {
        var body = JsonDocument.Parse(BatchPacker.Pack([Call(1, 10)]).Single().ToBody(At.AddHours(1)));

        Assert.Equal(At.AddHours(1), body.RootElement.GetProperty("sentAt").GetDateTimeOffset());
    }

    [Fact]
    public void A_call_that_fits_no_batch_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => BatchPacker.Pack([Call(1, 500_000)]).ToArray());

    private static ShopCall Call(int number, int size) =>
        new("track", $"m-{number}", At, "u", null, "Product Viewed", new JsonObject { ["padding"] = new string('x', size) });
}
