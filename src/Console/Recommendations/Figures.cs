using System.Text.Json;

namespace MarketingPlatform.Console.Recommendations;

/// <summary>As <c>GET /api/v1/recommendations/placements</c> lists them.</summary>
internal sealed record Placement(string Key, bool Own);

/// <summary>As <c>GET /api/v1/recommendations/models</c> lists them.</summary>
internal sealed record Model(
    string Version,
    DateTimeOffset TrainedAt,
    int Orders,
    int Customers,
    int Products,
    JsonElement Metrics,
    string Verdict,
    bool Serving
)
{
    /// <returns>A share of the metrics in per cent; a dash where it was not measured.</returns>
    public string Share(string metric) =>
        Metrics.ValueKind == JsonValueKind.Object
        && Metrics.TryGetProperty(metric, out var value)
        && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble().ToString("P1", System.Globalization.CultureInfo.InvariantCulture)
            : "–";
}

/// <summary>As <c>GET /api/v1/recommendations/models/purposes</c> lists them.</summary>
internal sealed record PurposeModel(string Purpose, DateTimeOffset TrainedAt, int Units, PurposeModel.Figures Metrics, string? Serves)
{
    internal sealed record Figures(double Ndcg, string Yardstick, double YardstickNdcg);
}

/// <summary>As <c>GET /api/v1/recommendations/report</c> answers.</summary>
internal sealed record Report(IReadOnlyList<Report.Row> Rows)
{
    internal sealed record Row(
        string Placement,
        string? ModelVersion,
        string? Experiment,
        string? Arm,
        long Answers,
        long Shown,
        long Clicked,
        double ClickRate,
        double ClickRateLower,
        double ClickRateUpper,
        long Orders
    );
}

/// <summary>As <c>GET /api/v1/products</c> lists them.</summary>
internal sealed record Product(
    string ProductId,
    string Name,
    string? Category,
    decimal? Price,
    string Currency,
    bool InStock,
    int? Stock,
    bool Inferred,
    DateTimeOffset ChangedAt
);
