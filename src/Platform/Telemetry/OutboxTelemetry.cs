using System.Diagnostics;
using System.Diagnostics.Metrics;
using Defaults = MarketingPlatform.ServiceDefaults.ServiceDefaults;

namespace MarketingPlatform.Platform.Telemetry;

/// <summary>What is measured of messages on their way: lag, failures, and the spans that join a request to its consumers.</summary>
internal sealed class OutboxTelemetry : IDisposable
{
    private readonly ActivitySource activities = new(Defaults.TelemetryPrefix + "Messaging");
    private readonly Histogram<double> lag;
    private readonly Counter<long> failed;
    private readonly Counter<long> parked;
    private readonly Counter<long> ofErased;
    private readonly Counter<long> late;

    public OutboxTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Defaults.TelemetryPrefix + "Messaging");
        lag = meter.CreateHistogram<double>("marketing.outbox.lag", "s", "Time from commit to broker");
        failed = meter.CreateCounter<long>(
            "marketing.messages.failed",
            description: "Messages whose handling failed and will be tried again"
        );
        parked = meter.CreateCounter<long>("marketing.messages.parked", description: "Messages that wait for a person");
        ofErased = meter.CreateCounter<long>(
            "marketing.messages.erased",
            description: "Messages that failed and were dropped: whom they named was erased meanwhile"
        );
        late = meter.CreateCounter<long>(
            "marketing.news.erased",
            description: "Events of erased people that came late over the bus and were dropped"
        );
    }

    public Activity? StartPublish(string type, string? traceParent) =>
        activities.StartActivity("publish " + type, ActivityKind.Producer, traceParent);

    public Activity? StartHandle(string consumer, IReadOnlyList<string?> traceParents) =>
        activities.StartActivity(
            "handle " + consumer,
            ActivityKind.Consumer,
            ParentOf(traceParents[0]),
            links: traceParents.Skip(1).Select(ParentOf).Where(parent => parent != default).Select(parent => new ActivityLink(parent))
        );

    public void Published(IReadOnlyCollection<DateTimeOffset> createdAt, DateTimeOffset now)
    {
        foreach (var at in createdAt)
            lag.Record(Math.Max(0, (now - at).TotalSeconds));
    }

    public void Failed(string consumer, bool isParked) =>
        (isParked ? parked : failed).Add(1, new KeyValuePair<string, object?>("consumer", consumer));

    public void OfErased(string consumer) => ofErased.Add(1, new KeyValuePair<string, object?>("consumer", consumer));

    public void Late(string consumer, int events)
    {
        if (events > 0)
            late.Add(events, new KeyValuePair<string, object?>("consumer", consumer));
    }

    public void Dispose() => activities.Dispose();

    private static ActivityContext ParentOf(string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent) ? parent : default;
}
