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
    private readonly Counter<long> followed;
    private readonly Gauge<long> differing;
    private readonly Histogram<double> stage;

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
        followed = telemetry.Meter.CreateCounter<long>("marketing.segments.followed", "{customer}", "Rules looked at for a customer.");
        stage = telemetry.Meter.CreateHistogram<double>(
            "marketing.segments.follow.duration",
            "s",
            "One portion of customers that are followed, by stage: claim, read, evaluate, apply."
        );
        differing = telemetry.Meter.CreateGauge<long>(
            "marketing.segments.differing",
            "{membership}",
            "Rows where the nightly recompute differed from what was kept; 0 is expected."
        );
    }

    /// <summary>The span that published changes hang on.</summary>
    public Activity? StartBatch() => activities.StartActivity("segmentation.evaluate");

    /// <summary>The span that changes by rules hang on.</summary>
    public Activity? StartFollowing() => activities.StartActivity("segmentation.follow_customers");

    public void Followed(int customers, int entered, int left)
    {
        followed.Add(customers);
        Changed(entered, left);
    }

    /// <summary>How long a stage of following took.</summary>
    public void Stage(string name, TimeSpan took) => stage.Record(took.TotalSeconds, new KeyValuePair<string, object?>("stage", name));

    public void Compared(long rows) => differing.Record(rows);

    public void Evaluated(TimeSpan took, int entered, int left, long foreign)
    {
        duration.Record(took.TotalSeconds);
        Changed(entered, left);
        foreignOrders.Record(foreign);
    }

    private void Changed(int entered, int left)
    {
        changes.Add(entered, new KeyValuePair<string, object?>("change", "entered"));
        changes.Add(left, new KeyValuePair<string, object?>("change", "left"));
    }
}
