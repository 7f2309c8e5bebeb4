using System.Diagnostics;
using System.Diagnostics.Metrics;
using MarketingPlatform.Platform.Telemetry;

namespace MarketingPlatform.Segmentation.Segments;

internal sealed class EvaluationTelemetry
{
    private readonly ActivitySource activities;
    private readonly Histogram<double> duration;
    private readonly Counter<long> changes;
    private readonly Gauge<long> foreignOrders;

    public EvaluationTelemetry([FromKeyedServices(SegmentationModule.ServiceName)] ServiceTelemetry telemetry)
    {
        activities = telemetry.Activities;
        duration = telemetry.Meter.CreateHistogram<double>("marketing.segments.evaluation.duration", "s", "One evaluation of all.");
        changes = telemetry.Meter.CreateCounter<long>("marketing.segments.changes", "{change}", "Entered or left a segment.");
        foreignOrders = telemetry.Meter.CreateGauge<long>(
            "marketing.segments.foreign_orders",
            "{order}",
            "Orders in another currency than most, left out of monetary."
        );
    }

    /// <summary>The span that published changes hang on.</summary>
    public Activity? StartBatch() => activities.StartActivity("segmentation.evaluate");

    public void Evaluated(TimeSpan took, int entered, int left, long foreign)
    {
        duration.Record(took.TotalSeconds);
        changes.Add(entered, new KeyValuePair<string, object?>("change", "entered"));
        changes.Add(left, new KeyValuePair<string, object?>("change", "left"));
        foreignOrders.Record(foreign);
    }
}
