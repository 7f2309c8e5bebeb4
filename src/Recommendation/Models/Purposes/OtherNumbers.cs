using MarketingPlatform.Recommendation.Models.Auto;

namespace MarketingPlatform.Recommendation.Models.Purposes;

/// <summary>Measures a model on users whose items have other numbers than its own.</summary>
internal static class OtherNumbers
{
    /// <summary>
    /// The users as the model knows them. Items that it never met are gone from their histories; hidden ones stay wanted, under numbers that it
    /// cannot answer.
    /// </summary>
    /// <param name="productIds">Of the items of <paramref name="users"/>.</param>
    public static ValidationSplit As(TrainedModel model, IReadOnlyList<ValidationUser> users, IReadOnlyList<string> productIds)
    {
        var numbers = new int[productIds.Count];
        for (var item = 0; item < numbers.Length; item++)
        {
            numbers[item] = model.TryNumber(productIds[item], out var own) ? own : model.Recommender.Items + item;
        }
        return new ValidationSplit(
            Interactions.Of([], model.Recommender.Items),
            [
                .. users.Select(user => new ValidationUser(
                    [
                        .. user
                            .History.Select(entry => entry with { Item = numbers[entry.Item] })
                            .Where(entry => entry.Item < model.Recommender.Items),
                    ],
                    user.Hidden.Select(item => numbers[item]).ToHashSet(),
                    user.Now
                )),
            ]
        );
    }
}
