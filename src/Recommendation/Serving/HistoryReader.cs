using System.Collections.Concurrent;

namespace MarketingPlatform.Recommendation.Serving;

/// <summary>
/// Reads histories for requests that come one by one: those that wait at the same moment share a query. Under load each query serves more of
/// them; alone, a request waits for nobody.
/// </summary>
internal sealed class HistoryReader(RecommendationDatabase database)
{
    private const int MostTogether = 250;

    // Each query has a price before it reads anybody. A second one goes on while somebody's ten thousand orders are read.
    private const int MostAtOnce = 2;

    private readonly ConcurrentQueue<(Guid Customer, TaskCompletionSource<CustomerHistory> Answer)> waiting = new();
    private int reading;

    public Task<CustomerHistory> ReadAsync(Guid customer, CancellationToken ct)
    {
        var answer = new TaskCompletionSource<CustomerHistory>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.Enqueue((customer, answer));
        StartIfNeeded();
        return answer.Task.WaitAsync(ct);
    }

    private void StartIfNeeded()
    {
        if (Interlocked.Increment(ref reading) <= MostAtOnce)
        {
            _ = Task.Run(ReadAllAsync);
        }
        else
        {
            Interlocked.Decrement(ref reading);
        }
    }

    private async Task ReadAllAsync()
    {
        var round = new List<(Guid Customer, TaskCompletionSource<CustomerHistory> Answer)>();
        while (true)
        {
            round.Clear();
            while (round.Count < MostTogether && waiting.TryDequeue(out var next))
            {
                round.Add(next);
            }
            if (round.Count == 0)
            {
                break;
            }
            try
            {
                var histories = await CustomerHistory.ReadAsync(
                    database,
                    round.Select(one => one.Customer).ToHashSet(),
                    null,
                    CancellationToken.None
                );
                round.ForEach(one => one.Answer.SetResult(histories[one.Customer]));
            }
            catch (Exception failure)
            {
                // Each of them is told; the next round tries anew.
                round.ForEach(one => one.Answer.TrySetException(failure));
            }
        }
        Interlocked.Decrement(ref reading);
        // One may have come in between, and found all places taken.
        if (!waiting.IsEmpty)
        {
            StartIfNeeded();
        }
    }
}
