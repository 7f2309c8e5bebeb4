using System.Text.Json;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Recommendation.Placements;

/// <summary>
/// The placements: those that are there without anybody having made them, named after what they show, and the shop's own, which may
/// take their names.
/// </summary>
internal sealed class PlacementBook(RecommendationDatabase database)
{
    public const string ForYou = "for-you";
    public const string Mail = "mail";

    public static readonly IReadOnlyDictionary<string, PlacementDefinition> BuiltIn = new Dictionary<string, PlacementDefinition>
    {
        [ForYou] = new(),
        [Mail] = new(),
        ["similar"] = new() { Kind = PlacementKind.Similar, ExcludeBoughtDays = 0 },
        ["bought-together"] = new() { Kind = PlacementKind.BoughtTogether, ExcludeBoughtDays = 0 },
        ["cart"] = new() { Kind = PlacementKind.Cart, ExcludeBoughtDays = 0 },
        ["reorder"] = new()
        {
            Kind = PlacementKind.Reorder,
            ExcludeBoughtDays = 0,
            Diversity = 0,
        },
        ["trending"] = new()
        {
            Kind = PlacementKind.Trending,
            ExcludeBoughtDays = 0,
            Diversity = 0,
        },
        ["next-basket"] = new()
        {
            Kind = PlacementKind.NextBasket,
            ExcludeBoughtDays = 0,
            Diversity = 0,
        },
        ["session"] = new() { Kind = PlacementKind.Session, ExcludeBoughtDays = 0 },
        ["back-in-stock"] = new()
        {
            Kind = PlacementKind.BackInStock,
            ExcludeBoughtDays = 0,
            Diversity = 0,
        },
    };

    private volatile IReadOnlyDictionary<string, PlacementDefinition> all = BuiltIn;
    private string seen = "";

    public IReadOnlyDictionary<string, PlacementDefinition> All => all;

    public async Task RefreshAsync(CancellationToken ct)
    {
        var rows = await database.QueryAsync<Row>(
            "select key, definition::text as definition, version, changed_at from placements order by key",
            null,
            ct
        );
        var state = string.Join(' ', rows.Select(row => $"{row.Key}:{row.Version}:{row.ChangedAt.Ticks}"));
        if (state == seen)
        {
            return;
        }
        var next = new Dictionary<string, PlacementDefinition>(BuiltIn);
        foreach (var row in rows)
        {
            next[row.Key] = Read(row.Definition);
        }
        (all, seen) = (next, state);
    }

    public static PlacementDefinition Read(string definition) => JsonSerializer.Deserialize<PlacementDefinition>(definition, Json.Options)!;

    private sealed record Row(string Key, string Definition, int Version, DateTimeOffset ChangedAt);
}
