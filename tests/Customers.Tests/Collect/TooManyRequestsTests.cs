using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Platform.Security;
using Npgsql;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Collect;

/// <summary>A sender that is too fast is told when to come back, and one that does comes through whole.</summary>
public sealed class TooManyRequestsTests
{
    private const int CallsOfOne = 100;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_over_its_rate_is_told_when_to_come_back_and_a_client_that_does_loses_nothing()
    {
        await using var shop = new Shop { Settings = new Dictionary<string, string?> { ["Http:RequestsPerSecond"] = "1" } };
        await shop.InitializeAsync();
        using var seen = new Refusals();
        using var client = new Client.MarketingPlatformClient(
            shop.Http.BaseAddress!,
            shop.TokenFor(Scope.Collect),
            new() { Handler = seen }
        );

        // Ten in ten seconds: the client must wait for the rest.
        var user = Shop.NewId("fast");
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 15),
            new ParallelOptions { MaxDegreeOfParallelism = 15, CancellationToken = Ct },
            async (i, ct) => await client.Collect.SendAsync(new Client.Track($"Event {i}") { UserId = user }, ct)
        );

        Assert.NotEmpty(seen.RetryAfter);
        Assert.All(seen.RetryAfter, wait => Assert.InRange(wait, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)));
        Assert.Equal(15, await shop.Count("events", await shop.CustomerOf(user)));
        Assert.All(seen.Bodies.GroupBy(body => body), body => Assert.Equal("application/problem+json too-many-requests", body.Key));
    }

    [Fact]
    public async Task While_the_database_is_slow_few_calls_wait_in_memory_and_none_is_lost_or_stored_twice()
    {
        await using var shop = new Shop { Settings = new Dictionary<string, string?> { ["Customers:MaxWaitingCalls"] = $"{CallsOfOne}" } };
        await shop.InitializeAsync();
        using var seen = new Refusals();
        using var client = new Client.MarketingPlatformClient(
            shop.Http.BaseAddress!,
            shop.TokenFor(Scope.Collect),
            new() { Handler = seen }
        );
        var user = Shop.NewId("patient");

        await using var source = NpgsqlDataSource.Create(shop.ConnectionString);
        await using var connection = await source.OpenConnectionAsync(Ct);
        Task[] sending;
        await using (var slow = await connection.BeginTransactionAsync(Ct))
        {
            await using (var hold = new NpgsqlCommand("lock table received_messages in exclusive mode", connection, slow))
                await hold.ExecuteNonQueryAsync(Ct);
            // Two groups are with the database, one waits, and there is no room for more.
            sending =
            [
                .. Enumerable
                    .Range(0, 6)
                    .Select(i =>
                        client.Collect.SendAsync(
                            [.. Enumerable.Range(0, CallsOfOne).Select(n => new Client.Track($"Event {i} {n}") { UserId = user })],
                            Ct
                        )
                    ),
            ];
            while (seen.RetryAfter.Count == 0)
                await Task.Delay(10, Ct);
        }
        await Task.WhenAll(sending);

        Assert.All(seen.RetryAfter, wait => Assert.Equal(TimeSpan.FromSeconds(1), wait));
        Assert.Equal(6 * CallsOfOne, await shop.Count("events", await shop.CustomerOf(user)));

        // What is too large by itself would be too large after any wait.
        await shop.Sends([.. Enumerable.Range(0, 2 * CallsOfOne).Select(n => Shop.Track($"Large {n}", user))]);
        Assert.Equal(8 * CallsOfOne, await shop.Count("events", await shop.CustomerOf(user)));
    }

    /// <summary>Sends, and notes what was answered with 429.</summary>
    private sealed class Refusals() : DelegatingHandler(new SocketsHttpHandler())
    {
        private readonly List<TimeSpan> waits = [];
        private readonly List<string> bodies = [];

        public IReadOnlyList<TimeSpan> RetryAfter
        {
            get
            {
                lock (waits)
                    return [.. waits];
            }
        }

        public IReadOnlyList<string> Bodies
        {
            get
            {
                lock (waits)
                    return [.. bodies];
            }
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = await base.SendAsync(request, cancellationToken);
            if (answer.StatusCode != HttpStatusCode.TooManyRequests)
                return answer;
            await answer.Content.LoadIntoBufferAsync(cancellationToken);
            var problem = await answer.Content.ReadFromJsonAsync<JsonObject>(cancellationToken);
            lock (waits)
            {
                waits.Add(answer.Headers.RetryAfter!.Delta!.Value);
                bodies.Add($"{answer.Content.Headers.ContentType!.MediaType} {((string)problem!["type"]!).Split('/')[^1]}");
            }
            return answer;
        }
    }
}
