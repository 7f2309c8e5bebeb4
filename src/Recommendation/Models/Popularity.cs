namespace MarketingPlatform.Recommendation.Models;

/// <summary>
/// What sells now: each customer counts once a product, by the newest purchase of it, with weight 0.5^(age / half-life); nothing
/// beyond the window.
/// Age is measured from the newest order, not from today, so that an import of old orders has its best-sellers too.
/// A customer who buys everything, or one thing a thousand times, adds at most 1 to each product.
/// </summary>
internal sealed class Popularity(DateTimeOffset newest, TimeSpan window, TimeSpan halfLife)
{
    private readonly List<double> scores = [];

    /// <summary>One customer's newest purchase of a product.</summary>
    public void Add(int product, DateTimeOffset at)
    {
        while (scores.Count <= product)
        {
            scores.Add(0);
        }
        var age = newest - at;
        if (age <= window)
        {
            scores[product] += Math.Pow(0.5, Math.Max(0, age / halfLife));
        }
    }

    public double this[int product] => product < scores.Count ? scores[product] : 0;

    /// <summary>Product numbers that sold in the window, most popular first; ties by number.</summary>
    public IReadOnlyList<int> Ranking() =>
        [.. Enumerable.Range(0, scores.Count).Where(p => scores[p] > 0).OrderByDescending(p => scores[p]).ThenBy(p => p)];
}
