namespace MarketingPlatform.Recommendation.Serving;

/// <summary>What is asked for, besides for whom.</summary>
/// <param name="Limit">Products, 1 to 100.</param>
internal sealed record Request(string Placement, int Limit, ProductFilter? Filter = null)
{
    /// <value>Products of the page, by id.</value>
    public IReadOnlyList<string> OnPage { get; init; } = [];

    /// <value>Products that lie in the cart.</value>
    public IReadOnlyList<string> InCart { get; init; } = [];

    /// <value>Somebody of the shop looks what would be shown: the same answer, but no decision is kept and nothing is counted.</value>
    public bool Preview { get; init; }

    /// <summary>Of the page, then of the cart, each once.</summary>
    public IReadOnlyList<string> Context => [.. OnPage.Union(InCart, StringComparer.Ordinal)];
}
