using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Bench.Collect;

/// <summary>Sends batches over several connections, and single calls beside them whose answers are timed.</summary>
internal sealed class CollectClient(Uri address, string key, Traffic traffic, TimeProvider clock) : IDisposable
{
    public const int EventsPerRequest = 100;
    public const int Connections = 16;
    private static readonly TimeSpan BetweenSingles = TimeSpan.FromMilliseconds(25);

    private readonly HttpMessageInvoker http = new(new SocketsHttpHandler());
    private readonly ConcurrentQueue<double> singles = new();

    /// <summary>Milliseconds from sending a single <c>track</c> to its answer, while batches were under way.</summary>
    public IReadOnlyCollection<double> SingleMilliseconds => singles;

    /// <returns>How many single calls were sent besides.</returns>
    public async Task<int> SendAsync(int events, CancellationToken ct)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var beside = SendSinglesAsync(done.Token);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, events / EventsPerRequest),
            new ParallelOptions { MaxDegreeOfParallelism = Connections, CancellationToken = ct },
            async (_, ct) =>
                await PostAsync(
                    "/v1/batch",
                    Traffic.Body(Enumerable.Range(0, EventsPerRequest).Select(_ => traffic.Next()), clock.GetUtcNow()),
                    ct
                )
        );
        await done.CancelAsync();
        return await beside;
    }

    public void Forget() => singles.Clear();

    public void Dispose() => http.Dispose();

    private async Task<int> SendSinglesAsync(CancellationToken done)
    {
        var sent = 0;
        while (!done.IsCancellationRequested)
        {
            var began = clock.GetTimestamp();
            var track = traffic.Next();
            while (track.Kind != "track")
                track = traffic.Next();
            await PostAsync("/v1/track", Traffic.Body(track), CancellationToken.None);
            singles.Enqueue(clock.GetElapsedTime(began).TotalMilliseconds);
            sent++;
            await Task.Delay(BetweenSingles, clock, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return sent;
    }

    private async Task PostAsync(string path, byte[] body, CancellationToken ct)
    {
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, path)) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            using var answer = await http.SendAsync(request, ct);
            if (answer.StatusCode == HttpStatusCode.OK)
                return;
            if (answer.StatusCode != HttpStatusCode.TooManyRequests)
                throw new CommandException($"{path} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
            // As a client is told to.
            await Task.Delay(answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1), clock, ct);
        }
    }
}
