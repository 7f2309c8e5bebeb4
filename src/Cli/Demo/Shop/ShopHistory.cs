namespace MarketingPlatform.Cli.Demo.Shop;

/// <summary>
/// Two years of a believable small shop, in the order of time. Everything follows from seed and number of customers;
/// <paramref name="now"/> only
/// places it on the calendar. Held in memory are the customers and the calls of visits under way, not the history.
/// </summary>
internal sealed class ShopHistory(Catalogue catalogue, int seed, int customers, DateTimeOffset now)
{
    private readonly Timeline _timeline = new(now);
    private readonly List<ShopperLife> _lives = [];

    /// <summary>The time of the first event is this or later.</summary>
    public DateTimeOffset Start => _timeline.Start;

    /// <summary>The customers as they stand after the calls handed out so far.</summary>
    public IReadOnlyList<ShopperLife> Lives => _lives;

    public IEnumerable<ShopCall> Calls()
    {
        _lives.Clear();
        var visits = new PriorityQueue<ShopperLife, DateTimeOffset>();
        var calls = new CallQueue();
        for (var index = 0; index < customers; index++)
        {
            var chance = Chance.Of(seed, index);
            var life = new ShopperLife(Shopper.Generate(seed, index, chance), seed, catalogue, _timeline, chance);
            _lives.Add(life);
            visits.Enqueue(life, life.NextVisitAt);
        }

        while (visits.TryDequeue(out var life, out var at))
        {
            foreach (var call in calls.Until(at))
                yield return call;
            life.Visit(calls);
            if (life.ComesAgain)
                visits.Enqueue(life, life.NextVisitAt);
        }
        foreach (var call in calls.Until(now))
            yield return call;
    }

    /// <summary>Calls that will happen, by time; equal times keep the order in which they were added.</summary>
    internal sealed class CallQueue
    {
        private readonly PriorityQueue<ShopCall, (DateTimeOffset At, long Order)> _calls = new();
        private long _added;

        public void Add(ShopCall call) => _calls.Enqueue(call, (call.At, _added++));

        public IEnumerable<ShopCall> Until(DateTimeOffset end)
        {
            while (_calls.TryPeek(out var call, out _) && call.At <= end)
                yield return _calls.Dequeue();
        }
    }
}
