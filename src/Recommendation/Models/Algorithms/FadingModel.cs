using System.Buffers;

namespace MarketingPlatform.Recommendation.Models.Algorithms;

/// <summary>Another model that sees older entries with less weight: half after each half-life before now. Entries without time keep
/// theirs.</summary>
internal sealed class FadingModel(IRecommender inner, double halfLifeDays) : IRecommender
{
    public const string Name = "fading";

    public string Algorithm => Name;

    public int Items => inner.Items;

    public void Score(History history, Span<float> scores)
    {
        var rented = ArrayPool<HistoryItem>.Shared.Rent(history.Items.Length);
        inner.Score(Faded(history, rented), scores);
        ArrayPool<HistoryItem>.Shared.Return(rented);
    }

    public bool Explain(History history, int item, Span<float> contributions)
    {
        var rented = ArrayPool<HistoryItem>.Shared.Rent(history.Items.Length);
        var explained = inner.Explain(Faded(history, rented), item, contributions);
        ArrayPool<HistoryItem>.Shared.Return(rented);
        return explained;
    }

    public IReadOnlyList<Neighbour> Similar(int item, int limit) => inner.Similar(item, limit);

    public void Write(BinaryWriter writer)
    {
        writer.Write(halfLifeDays);
        ModelFormat.Write(writer, inner);
    }

    public static FadingModel Read(BinaryReader reader)
    {
        var halfLifeDays = reader.ReadDouble();
        return new FadingModel(ModelFormat.Read(reader), halfLifeDays);
    }

    private History Faded(History history, HistoryItem[] room)
    {
        for (var at = 0; at < history.Items.Length; at++)
        {
            var entry = history.Items[at];
            var days = (history.Now - entry.At) / 86_400.0;
            var fading = entry.At == 0 || days <= 0 ? 1 : Math.Pow(0.5, days / halfLifeDays);
            room[at] = entry with { Weight = entry.Weight * (float)fading };
        }
        return new History(room.AsSpan(0, history.Items.Length), history.Now, history.Notes);
    }
}
