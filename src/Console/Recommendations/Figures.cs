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
    int Visits,
    JsonElement Metrics,
    string Verdict,
    bool Serving,
    string Purpose,
    DateTimeOffset? PromotedAt
)
{
    public string LearntFrom =>
        Visits > 0 ? $"{Shell.Text.Number(Visits)} visits"
        : Orders > 0 ? $"{Shell.Text.Number(Orders)} orders of {Shell.Text.Number(Customers)} customers"
        : $"{Shell.Text.Number(Customers)} customers";

    /// <returns>How well it foretold what it had not seen; a dash where it was not measured.</returns>
    public string Own => Purpose == Taste ? Share("hitRate") : Ndcg("ndcg");

    /// <returns>What the simplest answer foretells of the same.</returns>
    public string Simple => Purpose == Taste ? Share("popularityHitRate") : Ndcg("yardstickNdcg");

    public const string Taste = "taste";

    private string Share(string metric) => Metric(metric)?.ToString("P1", System.Globalization.CultureInfo.InvariantCulture) ?? "–";

    private string Ndcg(string metric) => Metric(metric)?.ToString("0.000", System.Globalization.CultureInfo.InvariantCulture) ?? "–";

    private double? Metric(string name) =>
        Metrics.ValueKind == JsonValueKind.Object && Metrics.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble()
            : null;
}

/// <summary>As <c>POST /api/v1/recommendations/models/{version}/promote</c> answers.</summary>
internal sealed record Switched(string Version, string? Before);

/// <summary>As <c>GET /api/v1/recommendations/trainings</c> lists them.</summary>
internal sealed record Training(DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, string State, string Step);

/// <summary>As <c>GET /api/v1/recommendations/report</c> answers.</summary>
internal sealed record Report(int AttributionDays, IReadOnlyList<Report.Row> Rows)
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
