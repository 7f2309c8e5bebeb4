using System.Diagnostics.Metrics;

namespace MarketingPlatform.Cli.Bench.Segments;

/// <summary>Listens to what the service itself measures of following: how long each stage of a portion took.</summary>
internal sealed class StageTimes : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly Dictionary<string, List<double>> seconds = [];
    private long customers;

    public StageTimes()
    {
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Name is "marketing.segments.follow.duration" or "marketing.segments.followed")
                listening.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) => Add(tags[0].Value!.ToString()!, value));
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref customers, value));
        listener.Start();
    }

    /// <summary>What was measured so far; milliseconds.</summary>
    public StageFigures Read()
    {
        lock (seconds)
            return new StageFigures(
                seconds.Values.FirstOrDefault()?.Count ?? 0,
                Interlocked.Read(ref customers),
                seconds.ToDictionary(s => s.Key, s => s.Value.Sum() * 1000),
                seconds.ToDictionary(s => s.Key, s => s.Value.Max() * 1000)
            );
    }

    public void Dispose() => listener.Dispose();

    private void Add(string stage, double took)
    {
        lock (seconds)
        {
            if (!seconds.TryGetValue(stage, out var all))
                seconds[stage] = all = [];
            all.Add(took);
        }
    }
}
