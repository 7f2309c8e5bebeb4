using System.Collections.Frozen;

namespace MarketingPlatform.Recommendation.Models;

/// <summary>A model as it is served: a <see cref="IRecommender"/> with the shop's ids of its items. Immutable.</summary>
internal sealed class TrainedModel
{
    private readonly FrozenDictionary<string, int> numbers;

    public TrainedModel(string version, IReadOnlyList<string> productIds, IRecommender recommender)
    {
        if (productIds.Count != recommender.Items)
        {
            throw new ArgumentException($"{productIds.Count} ids for {recommender.Items} items.", nameof(productIds));
        }
        Version = version;
        ProductIds = productIds;
        Recommender = recommender;
        var index = new Dictionary<string, int>(productIds.Count, StringComparer.Ordinal);
        for (var number = 0; number < productIds.Count; number++)
        {
            index[productIds[number]] = number;
        }
        numbers = index.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public string Version { get; }

    /// <summary>The shop's id of each item number.</summary>
    public IReadOnlyList<string> ProductIds { get; }

    public IRecommender Recommender { get; }

    /// <returns>False for a product that was not there when the model was trained.</returns>
    public bool TryNumber(string productId, out int number) => numbers.TryGetValue(productId, out number);
}
