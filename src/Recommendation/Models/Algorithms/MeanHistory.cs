namespace MarketingPlatform.Recommendation.Models.Algorithms;

/// <summary>The average of all histories that hold anything.</summary>
/// <param name="Weights">Of each item: the sum of its entries' weights / users.</param>
internal sealed record MeanHistory(float[] Weights, int Users)
{
    public static MeanHistory Of(Interactions data)
    {
        var (sums, users) = (new double[data.Items], 0);
        for (var user = 0; user < data.Users; user++)
        {
            var own = data.Of(user);
            users += own.IsEmpty ? 0 : 1;
            foreach (var entry in own)
            {
                sums[entry.Item] += entry.Weight;
            }
        }
        return new MeanHistory(Array.ConvertAll(sums, sum => (float)(sum / Math.Max(1, users))), users);
    }
}
