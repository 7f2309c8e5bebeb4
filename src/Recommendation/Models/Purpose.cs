using MarketingPlatform.Platform.Http;
using MarketingPlatform.Recommendation.Placements;

namespace MarketingPlatform.Recommendation.Models;

/// <summary>What a model answers. Each purpose has versions of its own, of which one serves.</summary>
internal static class Purpose
{
    /// <summary>What somebody would like that is new to them; asked wherever a placement has no model of its own.</summary>
    public const string Taste = "taste";

    /// <summary>What somebody buys next, things bought before among them.</summary>
    public const string NextBasket = "next-basket";

    /// <summary>How a visit goes on.</summary>
    public const string Session = "session";

    private static readonly string[] All = [Taste, NextBasket, Session];

    /// <returns>Null for kinds that the model of taste answers.</returns>
    public static string? Of(PlacementKind kind) =>
        kind switch
        {
            PlacementKind.NextBasket => NextBasket,
            PlacementKind.Session => Session,
            _ => null,
        };

    /// <returns>What is wrong with a purpose that came from outside; null where it is one.</returns>
    public static FieldError? Fault(string purpose) =>
        All.Contains(purpose) ? null : new FieldError("purpose", $"Give one of: {string.Join(", ", All)}.");
}
