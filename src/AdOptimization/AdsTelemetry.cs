using System.Diagnostics;
using System.Diagnostics.Metrics;
using MarketingPlatform.Platform.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace MarketingPlatform.AdOptimization;

/// <summary>What is measured of performance rows and allocations.</summary>
internal sealed class AdsTelemetry
{
    private readonly ActivitySource activities;
    private readonly Counter<long> rows;
    private readonly Counter<long> allocations;
    private readonly Histogram<int> cells;

    public AdsTelemetry([FromKeyedServices(AdOptimizationModule.ServiceName)] ServiceTelemetry telemetry)
    {
        activities = telemetry.Activities;
        rows = telemetry.Meter.CreateCounter<long>("marketing.ads.performance_rows", "{row}", "Performance rows by outcome");
        allocations = telemetry.Meter.CreateCounter<long>("marketing.ads.allocations", "{allocation}", "Budgets that were divided");
        cells = telemetry.Meter.CreateHistogram<int>("marketing.ads.allocation.cells", "{cell}", "Cells that shared a budget");
    }

    public Activity? StartAllocation() => activities.StartActivity("ads.allocate_budget");

    public void Recorded(int accepted, int rejected, int held)
    {
        rows.Add(accepted, new KeyValuePair<string, object?>("outcome", "accepted"));
        rows.Add(rejected, new KeyValuePair<string, object?>("outcome", "rejected"));
        rows.Add(held, new KeyValuePair<string, object?>("outcome", "held"));
    }

    public void Allocated(string currency, int cellCount)
    {
        allocations.Add(1, new KeyValuePair<string, object?>("currency", currency));
        cells.Record(cellCount);
    }
}
