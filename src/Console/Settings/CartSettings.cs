namespace MarketingPlatform.Console.Settings;

/// <summary>As <c>GET /api/v1/settings/carts</c> answers.</summary>
internal sealed record CartSettings(TimeSpan? AbandonedAfter);
