namespace MarketingPlatform.Recommendation.Models.Algorithms;

/// <summary>The same scores for everybody.</summary>
internal sealed class PopularityModel(string algorithm, float[] popularity) : IRecommender
{
    public const string Popular = "popular";
    public const string Trending = "trending";

    public string Algorithm => algorithm;

    public int Items => popularity.Length;

    /// <summary>In how many histories an item is; with a half-life, entries before the newest one count less.</summary>
    /// <param name="halfLifeDays">Null: a fact is a fact, however old. Entries without time count fully.</param>
    public static PopularityModel Count(Interactions data, double? halfLifeDays = null)
    {
        var scores = new double[data.Items];
        for (var user = 0; user < data.Users; user++)
        {
            foreach (var entry in data.Of(user))
            {
                scores[entry.Item] += Fading(data.Newest, entry.At, halfLifeDays);
            }
        }
        return new PopularityModel(Popular, Array.ConvertAll(scores, s => (float)s));
    }

    /// <summary>
    /// What sells better now than it did: the z-score of the faded count against its share of the slower, long-run count,
    /// <c>(s − e)/√(e + 1)</c> with e = long·Σs/Σlong; nothing below 0. A user counts once an item, so one visitor with ten thousand
    /// views moves nothing.
    /// </summary>
    /// <param name="data">Distinct entries.</param>
    public static PopularityModel Trend(Interactions data, double halfLifeDays, double longHalfLifeDays)
    {
        var now = Count(data, halfLifeDays).Scores;
        var before = Count(data, longHalfLifeDays).Scores;
        var share = before.Sum() is > 0 and var all ? now.Sum() / all : 0;
        var scores = new float[data.Items];
        for (var item = 0; item < scores.Length; item++)
        {
            var expected = before[item] * share;
            scores[item] = Math.Max(0, (now[item] - expected) / MathF.Sqrt(expected + 1));
        }
        return new PopularityModel(Trending, scores);
    }

    private float[] Scores => popularity;

    public void Score(History history, Span<float> scores) => popularity.CopyTo(scores);

    public bool Explain(History history, int item, Span<float> contributions)
    {
        contributions.Clear();
        return false;
    }

    public IReadOnlyList<Neighbour> Similar(int item, int limit) => [];

    public void Write(BinaryWriter writer) => writer.WriteArray<float>(popularity);

    public static PopularityModel Read(string algorithm, BinaryReader reader) => new(algorithm, reader.ReadArray<float>());

    private static double Fading(long newest, long at, double? halfLifeDays) =>
        halfLifeDays is { } half && at != 0 ? Math.Pow(0.5, (newest - at) / 86_400.0 / half) : 1;
}
