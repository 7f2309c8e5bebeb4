using MarketingPlatform.Cli.Demo.Shop;

namespace MarketingPlatform.Cli.Demo;

/// <summary>Who the story can be about, and what that person would put into the cart: from the generator's own knowledge.</summary>
internal static class StoryCast
{
    /// <summary>Customers who bought several times, lately, and allow mail and profiling; best first. Without such, whoever
    /// bought and allows mail.</summary>
    public static IReadOnlyList<ShopperLife> Candidates(IReadOnlyList<ShopperLife> lives, DateTimeOffset now)
    {
        ShopperLife[] reachable = [.. lives.Where(life => life.Orders > 0 && life.LastOrderAt <= now && life.AllowsEmailAt(now))];
        ShopperLife[] regular =
        [
            .. reachable
                .Where(life => life.Shopper.Character.AllowsProfiling && life.Orders is >= 4 and <= 20)
                .Where(life => now - life.LastOrderAt < TimeSpan.FromDays(180))
                .OrderByDescending(life => life.LastOrderAt),
        ];
        return regular.Length > 0 ? regular : reachable;
    }

    /// <summary>What this customer wants most and has never ordered, from the best-liked categories.</summary>
    public static IReadOnlyList<Product> Wishes(ShopperLife life, Catalogue catalogue, int count)
    {
        var character = life.Shopper.Character;
        return
        [
            .. catalogue
                .Products.Where(product => !life.Bought.Contains(product.Index))
                .OrderByDescending(product => character.Tastes[product.Category] * catalogue.Desire(character, product))
                .Take(count),
        ];
    }
}
