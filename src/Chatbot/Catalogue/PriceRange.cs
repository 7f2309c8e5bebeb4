namespace MarketingPlatform.Chatbot.Catalogue;

/// <summary>Which of the products that fit are shown first, besides those in stock.</summary>
internal enum PriceOrder
{
    /// <summary>Those that fit the words best.</summary>
    None,
    Cheapest,
    Dearest,
}

/// <summary>What a product may cost. A product without a price fits nothing but <see cref="Any"/>.</summary>
/// <param name="Least">In units of the currency; null: no matter how little.</param>
/// <param name="Most">In units of the currency; null: no matter how much.</param>
/// <param name="MoreThanLeast">A product that costs exactly <paramref name="Least"/> does not fit.</param>
/// <param name="LessThanMost">A product that costs exactly <paramref name="Most"/> does not fit.</param>
/// <param name="IsSupposed">Nobody said that the amount is a price: where nothing costs so much it is none.</param>
/// <param name="Currency">ISO 4217; null where the bounds name none: they count in whichever the product has.</param>
internal sealed record PriceRange(
    decimal? Least = null,
    decimal? Most = null,
    bool MoreThanLeast = false,
    bool LessThanMost = false,
    string? Currency = null,
    PriceOrder Order = PriceOrder.None,
    bool IsSupposed = false
)
{
    public static readonly PriceRange Any = new();

    public bool IsBound => Least is not null || Most is not null;

    /// <summary>The bounds came from what was shown ("cheaper"), not from an amount that somebody named.</summary>
    public bool IsRelative => MoreThanLeast || LessThanMost;

    /// <summary>Whether a product's price matters at all.</summary>
    public bool Matters => IsBound || Order != PriceOrder.None;

    public bool Holds(FoundProduct product) =>
        !Matters
        || (
            product.Price is { } price
            && (Currency is null || product.Currency == Currency)
            && (Least is not { } least || price > least || (price == least && !MoreThanLeast))
            && (Most is not { } most || price < most || (price == most && !LessThanMost))
        );

    /// <summary>The same bounds and those of another wish, which wins where no price is left between the two.</summary>
    public PriceRange And(PriceRange newer)
    {
        if (Currency is not null && newer.Currency is not null && Currency != newer.Currency)
            return newer;
        var both = newer with { Currency = newer.Currency ?? Currency };
        if (newer.Least is null && Least < (newer.Most ?? decimal.MaxValue))
            both = both with { Least = Least, MoreThanLeast = MoreThanLeast };
        if (newer.Most is null && Most > (newer.Least ?? decimal.MinValue))
            both = both with { Most = Most, LessThanMost = LessThanMost };
        return both;
    }
}
