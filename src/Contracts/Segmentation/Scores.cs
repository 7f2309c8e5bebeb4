namespace MarketingPlatform.Contracts.Segmentation;

/// <summary>Answer of <c>GET /api/v1/predictions/scores?customer=</c>: what models and the RFM grid say of one customer, by name.</summary>
public sealed record CustomerScores(Guid CustomerId, IReadOnlyList<CustomerScore> Items);

/// <param name="Name">As rules ask for it: score.NAME for predictions; rfm.r, rfm.f and rfm.m, each from 1 (low) to 5 (high).</param>
/// <param name="ModelVersion">Of the model that last wrote this prediction; null for RFM.</param>
/// <param name="At">When it was computed: a reader judges its age.</param>
public sealed record CustomerScore(string Name, decimal Value, string? ModelVersion, DateTimeOffset At);
