using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Cli.Api;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Cli.Bench.Pages;

/// <summary>Many customers, loaded through the public door as a shop would: each says who they are, every second one orders.</summary>
internal sealed class Crowd(PlatformApi api, TimeProvider clock, Action<string> say)
{
    private const int PerBatch = 500;
    private const int AtOnce = 4;
    private static readonly string[] FirstNames = ["Ada", "Grace", "Alan", "Mary", "Edsger", "Barbara", "Donald", "Radia", "Tim", "Hedy"];
    private static readonly string[] LastNames =
    [
        "Lovelace",
        "Hopper",
        "Turing",
        "Jackson",
        "Dijkstra",
        "Liskov",
        "Knuth",
        "Perlman",
        "Lee",
        "Lamarr",
    ];

    /// <returns>How many events were sent.</returns>
    public async Task<long> LoadAsync(int customers, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var sent = 0L;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, customers).Chunk(PerBatch * 2 / 3),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
            async (people, stop) =>
            {
                var batch = people.SelectMany(person => CallsOf(person, now)).ToArray();
                var body = JsonSerializer.SerializeToUtf8Bytes(new { batch }, Json.Options);
                await api.CollectAsync(
                    "/v1/batch",
                    () => new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
                    stop
                );
                var total = Interlocked.Add(ref sent, batch.Length);
                if (total / 20_000 != (total - batch.Length) / 20_000)
                    say(string.Create(CultureInfo.InvariantCulture, $"{total:N0} events sent"));
            }
        );
        return sent;
    }

    /// <summary>Until nothing is on its way any more and the segments hold everybody.</summary>
    public async Task SettleAsync(int customers, CancellationToken ct)
    {
        while (true)
        {
            var waiting = 0L;
            foreach (var service in Routes.ByService.Keys)
                waiting += (long)(await api.GetAsync($"{Routes.Operations}/{service}", ct))["outbox"]!["waiting"]!;
            var segments = (await api.GetAsync(Routes.Segments, ct))["items"]!.AsArray();
            var placed = segments.Where(segment => segment!["key"]!.ToString() is "new").Sum(segment => (long)segment!["size"]!);
            if (waiting == 0 && placed >= customers)
                return;
            say(string.Create(CultureInfo.InvariantCulture, $"{waiting:N0} events on their way, {placed:N0} customers in segments"));
            // Nothing calls when the last event has arrived; asking more often would slow it.
            await Task.Delay(TimeSpan.FromSeconds(5), clock, ct);
        }
    }

    private static IEnumerable<JsonObject> CallsOf(int person, DateTimeOffset now)
    {
        var userId = "bench-" + person.ToString(CultureInfo.InvariantCulture);
        var at = now.AddMinutes(-60 - (person % 40_000));
        yield return new JsonObject
        {
            ["type"] = "identify",
            ["messageId"] = userId + "-i",
            ["userId"] = userId,
            ["timestamp"] = at,
            ["traits"] = new JsonObject
            {
                ["email"] = userId + "@shop.example",
                ["firstName"] = FirstNames[person % 10],
                ["lastName"] = LastNames[person / 10 % 10],
                ["country"] = "GB",
            },
        };
        if (person % 2 == 0)
            yield return new JsonObject
            {
                ["type"] = "track",
                ["event"] = "Order Completed",
                ["messageId"] = userId + "-o",
                ["userId"] = userId,
                ["timestamp"] = at.AddMinutes(5),
                ["properties"] = new JsonObject
                {
                    ["order_id"] = userId,
                    ["total"] = 10 + (person % 90),
                    ["currency"] = "EUR",
                    ["products"] = new JsonArray(
                        new JsonObject
                        {
                            ["product_id"] = "P" + (person % 200).ToString(CultureInfo.InvariantCulture),
                            ["price"] = 10 + (person % 90),
                            ["quantity"] = 1,
                        }
                    ),
                },
            };
    }
}
