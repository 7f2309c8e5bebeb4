namespace MarketingPlatform.Cli.Demo.Shop;

/// <summary>The words the catalogue is made of: twelve categories of five kinds in five variants.</summary>
internal static class Assortment
{
    /// <param name="GoesWith">Place of the category whose products are bought along.</param>
    /// <param name="Kinds">Name and typical price in euros.</param>
    internal sealed record Category(string Name, string Code, int GoesWith, string[] Variants, (string Name, double Price)[] Kinds);

    public static readonly IReadOnlyList<Category> Categories =
    [
        new(
            "Tea",
            "TEA",
            4,
            ["Ceylon", "Darjeeling", "Organic", "Mountain", "Evening"],
            [("Green Tea", 7.5), ("Black Tea", 6.5), ("White Tea", 12), ("Herbal Blend", 6), ("Chai", 8)]
        ),
        new(
            "Coffee",
            "COF",
            3,
            ["House", "Ethiopia", "Colombia", "Dark", "Decaf"],
            [("Espresso Beans", 14), ("Filter Roast", 12), ("Ground Coffee", 9), ("Coffee Pods", 8), ("Cold Brew", 6)]
        ),
        new(
            "Chocolate",
            "CHO",
            0,
            ["Dark", "Milk", "Hazelnut", "Sea Salt", "Orange"],
            [("Chocolate Bar", 4), ("Truffles", 13), ("Drinking Chocolate", 9), ("Pralines", 16), ("Chocolate Almonds", 6)]
        ),
        new(
            "Kitchen",
            "KIT",
            1,
            ["Steel", "Classic", "Copper", "Compact", "Cast Iron"],
            [("Coffee Grinder", 45), ("French Press", 32), ("Milk Frother", 22), ("Pan", 55), ("Kitchen Scale", 28)]
        ),
        new(
            "Tableware",
            "TAB",
            0,
            ["Stoneware", "Porcelain", "Blue Rim", "Speckled", "Glass"],
            [("Teapot", 36), ("Mug", 12), ("Cake Plate", 18), ("Bowl", 14), ("Sugar Pot", 11)]
        ),
        new(
            "Candles",
            "CAN",
            6,
            ["Vanilla", "Cedar", "Fig", "Linen", "Amber"],
            [("Pillar Candle", 11), ("Scented Candle", 24), ("Tealights", 5), ("Candle Holder", 17), ("Lantern", 29)]
        ),
        new(
            "Bath",
            "BAT",
            5,
            ["Lavender", "Rose", "Eucalyptus", "Oat", "Citrus"],
            [("Bath Salts", 9), ("Soap", 5), ("Body Oil", 16), ("Hand Cream", 8), ("Bath Bomb", 4)]
        ),
        new(
            "Textiles",
            "TEX",
            5,
            ["Striped", "Linen", "Checked", "Wool", "Natural"],
            [("Throw", 59), ("Cushion Cover", 24), ("Tea Towel", 9), ("Table Runner", 27), ("Apron", 26)]
        ),
        new(
            "Stationery",
            "STA",
            9,
            ["Botanical", "Plain", "Marbled", "Vintage", "Pocket"],
            [("Notebook", 11), ("Greeting Cards", 8), ("Fountain Pen", 34), ("Wrapping Paper", 5), ("Desk Calendar", 15)]
        ),
        new(
            "Books",
            "BOO",
            8,
            ["Illustrated", "Little", "Complete", "Seasonal", "Modern"],
            [("Cook Book", 26), ("Baking Book", 24), ("Garden Guide", 22), ("Travel Journal", 19), ("Tea Companion", 17)]
        ),
        new(
            "Garden",
            "GAR",
            9,
            ["Heirloom", "Terracotta", "Zinc", "Wildflower", "Balcony"],
            [("Seed Set", 8), ("Planter", 27), ("Watering Can", 31), ("Herb Kit", 18), ("Bird Feeder", 23)]
        ),
        new(
            "Toys",
            "TOY",
            8,
            ["Wooden", "Forest", "Rainbow", "Ocean", "Travel"],
            [("Puzzle", 16), ("Building Blocks", 34), ("Memory Game", 13), ("Soft Toy", 21), ("Craft Set", 19)]
        ),
    ];

    /// <summary>Categories that are used up and bought again.</summary>
    public static readonly IReadOnlySet<int> Consumed = new HashSet<int> { 0, 1, 2, 5, 6 };
}
