namespace MarketingPlatform.Recommendation.Placements;

/// <summary>What is recommended.</summary>
internal enum PlacementKind
{
    /// <summary>What this person is likely to want next.</summary>
    ForYou,

    /// <summary>Products like the one of the page.</summary>
    Similar,

    /// <summary>What lay in the same orders.</summary>
    BoughtTogether,

    /// <summary>What completes the cart.</summary>
    Cart,

    /// <summary>What the person buys again and again, and is due.</summary>
    Reorder,

    /// <summary>What rises now, among the person's segments where it has some.</summary>
    Trending,

    /// <summary>What came back into stock lately, first what the person looked at.</summary>
    BackInStock,

    /// <summary>What the person's next order is likely to hold, things bought before among them.</summary>
    NextBasket,

    /// <summary>What visitors who looked at the same, in this order, looked at next.</summary>
    Session,
}

/// <summary>What a rule does with the products it is about.</summary>
internal enum RuleAction
{
    /// <summary>Shows them at <see cref="PlacementRule.Position"/>, whatever they score.</summary>
    Pin,

    /// <summary>Multiplies their score by <see cref="PlacementRule.Factor"/>, above 1.</summary>
    Boost,

    /// <summary>The same with a factor below 1: they come last where anything else is left.</summary>
    Bury,

    /// <summary>Never shows them.</summary>
    Exclude,
}

/// <summary>A wish of the shop.</summary>
/// <param name="Filter">Which products, as in <c>filter=</c> ("category:Tea").</param>
/// <param name="Factor">Of boost (default 2) and bury (default 0.1).</param>
/// <param name="Position">Of pin, from 1; several pinned products follow each other.</param>
/// <param name="From">Counts from then on; null: always.</param>
/// <param name="Until">Counts until then; null: always.</param>
internal sealed record PlacementRule(
    RuleAction Action,
    string Filter,
    double? Factor = null,
    int? Position = null,
    DateTimeOffset? From = null,
    DateTimeOffset? Until = null
)
{
    public bool Holds(DateTimeOffset now) => (From is null || From <= now) && (Until is null || now < Until);
}

/// <summary>A place where recommendations are shown, as the shop wants it.</summary>
internal sealed record PlacementDefinition
{
    /// <value>What is recommended. Default for you.</value>
    public PlacementKind Kind { get; init; } = PlacementKind.ForYou;

    /// <value>Days during which a bought product is not shown again; null, the default: never again; 0: it may be shown at once.</value>
    public int? ExcludeBoughtDays { get; init; }

    /// <value>Whether only products in stock are shown. Default true.</value>
    public bool InStockOnly { get; init; } = true;

    /// <value>The least price, in the product's currency; null: none. Products without a price are then left out.</value>
    public decimal? MinPrice { get; init; }

    /// <value>The highest price; null: none.</value>
    public decimal? MaxPrice { get; init; }

    /// <value>b &gt; 1: only products that cost between 1/b and b times what the page's product costs; null: any.</value>
    public double? PriceBand { get; init; }

    /// <value>0 to 1, default 0: how much a score grows with the share of the price that the shop keeps (1 + weight × margin).</value>
    public double MarginWeight { get; init; }

    /// <value>0 to 0.9, default 0.1: how much likeness to what is shown already costs a product its place.</value>
    public double Diversity { get; init; } = 0.1;

    /// <value>0 to 0.9, default 0: how much the categories shown follow those of the person's history.</value>
    public double Calibration { get; init; }

    /// <value>0 to 0.5, default 0: how often the first place goes to one of the first ten at random, so that another model can be judged.</value>
    public double Exploration { get; init; }

    /// <value>A model's version, or "popularity"; null, the default: the serving model.</value>
    public string? Model { get; init; }

    /// <value>Wishes of the shop, all of which count.</value>
    public IReadOnlyList<PlacementRule> Rules { get; init; } = [];
}
