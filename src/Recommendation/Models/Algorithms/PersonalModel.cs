namespace MarketingPlatform.Recommendation.Models.Algorithms;

/// <summary>
/// What somebody has had, most often first, newer baskets counting more; nothing new ever. With a decay of 1 it is the personal
/// frequency that a next-basket model has to beat.
/// </summary>
/// <param name="decay">In (0, 1]: how much each basket counts of the one after it.</param>
internal sealed class PersonalModel(int items, double decay) : IRecommender
{
    public const string Name = "personal";

    public string Algorithm => Name;

    public int Items => items;

    public void Score(History history, Span<float> scores)
    {
        scores.Clear();
        foreach (var (item, weight) in Fading.ByBasket(history.Items, decay))
        {
            scores[item] = weight;
        }
    }

    /// <summary>Shared evenly by the entries of the item.</summary>
    public bool Explain(History history, int item, Span<float> contributions)
    {
        contributions.Clear();
        var score = Fading.ByBasket(history.Items, decay).GetValueOrDefault(item);
        var times = 0;
        foreach (var entry in history.Items)
        {
            times += entry.Item == item ? 1 : 0;
        }
        for (var at = 0; at < contributions.Length; at++)
        {
            contributions[at] = history.Items[at].Item == item ? score / times : 0;
        }
        return true;
    }

    public IReadOnlyList<Neighbour> Similar(int item, int limit) => [];

    public void Write(BinaryWriter writer)
    {
        writer.Write(items);
        writer.Write(decay);
    }

    public static PersonalModel Read(BinaryReader reader)
    {
        var items = reader.ReadInt32();
        return new PersonalModel(items, reader.ReadDouble());
    }
}
