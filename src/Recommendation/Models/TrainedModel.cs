namespace MarketingPlatform.Recommendation.Models;

/// <summary>A model as it is served: a <see cref="IRecommender"/> with the shop's ids of its items. Immutable.</summary>
internal sealed class TrainedModel
{
    private readonly Dictionary<string, int> numbers;

    public TrainedModel(string version, IReadOnlyList<string> productIds, IRecommender recommender)
    {
        if (productIds.Count != recommender.Items)
        {
            throw new ArgumentException($"{productIds.Count} ids for {recommender.Items} items.", nameof(productIds));
        }
        Version = version;
        ProductIds = productIds;
        Recommender = recommender;
        numbers = new Dictionary<string, int>(productIds.Count, StringComparer.Ordinal);
        for (var number = 0; number < productIds.Count; number++)
        {
            numbers[productIds[number]] = number;
        }
    }

    public string Version { get; }

    /// <summary>The shop's id of each item number.</summary>
    public IReadOnlyList<string> ProductIds { get; }

    public IRecommender Recommender { get; }

    /// <returns>False for a product that was not there when the model was trained.</returns>
    public bool TryNumber(string productId, out int number) => numbers.TryGetValue(productId, out number);
}
