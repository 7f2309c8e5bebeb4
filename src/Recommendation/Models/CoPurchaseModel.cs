namespace MarketingPlatform.Recommendation.Models;

/// <summary>A product that customers buy as well.</summary>
/// <param name="Product">Its number in the model.</param>
/// <param name="Similarity">In (0, 1).</param>
internal readonly record struct Neighbour(int Product, float Similarity);

/// <summary>A trained model as it is served: immutable, so that a newer one replaces it in one assignment.</summary>
internal sealed class CoPurchaseModel
{
    private readonly Dictionary<string, int> numbers;
    private readonly Neighbour[][] neighbours;

    public CoPurchaseModel(string version, IReadOnlyList<string> productIds, Neighbour[][] neighbours)
    {
        Version = version;
        ProductIds = productIds;
        this.neighbours = neighbours;
        numbers = new Dictionary<string, int>(productIds.Count, StringComparer.Ordinal);
        for (var number = 0; number < productIds.Count; number++)
        {
            numbers[productIds[number]] = number;
        }
    }

    public string Version { get; }

    /// <summary>The shop's id of each product number.</summary>
    public IReadOnlyList<string> ProductIds { get; }

    /// <summary>Most similar first; empty for a product that the model does not know.</summary>
    public ReadOnlySpan<Neighbour> NeighboursOf(string productId) =>
        numbers.TryGetValue(productId, out var number) ? neighbours[number] : [];
}
