using MarketingPlatform.Recommendation.Serving;

namespace MarketingPlatform.Recommendation.Models;

/// <summary>
/// Takes one pass over the buyers and learns twice at once: from everything, for serving, and from everything but the held-out orders,
/// to be
/// measured. No I/O.
/// </summary>
internal sealed class Learning(
    CoPurchaseParameters parameters,
    TrainingSet set,
    DateTimeOffset newest,
    TimeSpan popularityWindow,
    TimeSpan popularityHalfLife,
    double holdOutShare,
    IReadOnlySet<Guid> refused
)
{
    private readonly CoPurchaseTrainer everything = new(parameters);
    private readonly CoPurchaseTrainer withoutHeldOut = new(parameters);
    private readonly Popularity popularityWithoutHeldOut = new(newest, popularityWindow, popularityHalfLife);
    private readonly List<HeldOutOrder> heldOut = [];
    private readonly List<HistoryItem[]> histories = [];
    private readonly List<HistoryItem[]> measurableHistories = [];

    public Popularity Popularity { get; } = new(newest, popularityWindow, popularityHalfLife);

    public IReadOnlyList<HeldOutOrder> HeldOut => heldOut;

    public int Customers => everything.Customers;

    public void Add(Buyer buyer)
    {
        var all = Distinct(buyer.Lines, fromOrder: 0);
        Count(Popularity, all);
        if (refused.Contains(buyer.Customer))
        {
            Count(popularityWithoutHeldOut, all);
            return;
        }
        everything.Add(Numbers(all));
        var history = History(all);
        histories.Add(history);

        var before = Distinct(buyer.Lines, fromOrder: 1);
        if (before.Count > 0 && HoldOut.Samples(buyer.Customer, holdOutShare))
        {
            var known = before.Select(line => line.Product).ToHashSet();
            var news = all.Where(line => line.Order == 0 && !known.Contains(line.Product))
                .Select(line => set.ProductIds[line.Product])
                .ToHashSet(StringComparer.Ordinal);
            if (news.Count > 0)
            {
                var seen = new CustomerHistory([.. before.Select(line => new Purchase(set.ProductIds[line.Product], line.At))], []);
                heldOut.Add(new HeldOutOrder(seen, news, buyer.Lines[0].At));
                withoutHeldOut.Add(Numbers(before));
                measurableHistories.Add(History(before));
                Count(popularityWithoutHeldOut, before);
                return;
            }
        }
        withoutHeldOut.Add(Numbers(all));
        measurableHistories.Add(history);
        Count(popularityWithoutHeldOut, all);
    }

    /// <summary>Each customer's different products with the time of the newest purchase, for any model.</summary>
    public Interactions Everything() => Interactions.Of(histories, set.ProductIds.Count);

    /// <summary>The same without the held-out orders.</summary>
    public Interactions WithoutHeldOut() => Interactions.Of(measurableHistories, set.ProductIds.Count);

    /// <summary>Customers with different products at two times or more, besides the held-out orders: by them a model can be chosen.</summary>
    public int Comparable => measurableHistories.Count(history => history.Length > 1 && history[0].At != history[^1].At);

    /// <summary>The model to serve.</summary>
    public TrainedModel Model(string version, CancellationToken ct) =>
        new(version, set.ProductIds, everything.Train(set.ProductIds.Count, ct));

    /// <summary>Its twin that never saw the held-out orders.</summary>
    public TrainedModel Measurable(CancellationToken ct) => new("hold-out", set.ProductIds, withoutHeldOut.Train(set.ProductIds.Count, ct));

    /// <summary>Best-sellers without the held-out orders: what a model is filled up with, and has to beat.</summary>
    public IReadOnlyList<string> MeasurablePopularity() =>
        [.. popularityWithoutHeldOut.Ranking().Select(product => set.ProductIds[product])];

    private static List<BoughtLine> Distinct(List<BoughtLine> newestFirst, int fromOrder)
    {
        var seen = new HashSet<int>();
        return newestFirst.FindAll(line => line.Order >= fromOrder && seen.Add(line.Product));
    }

    private static void Count(Popularity popularity, List<BoughtLine> lines)
    {
        foreach (var line in lines)
        {
            popularity.Add(line.Product, line.At);
        }
    }

    private HistoryItem[] History(List<BoughtLine> newestFirst)
    {
        // A wholesaler's thousandth product says nothing more, and costs its square.
        var lines = newestFirst.Take(parameters.MaxProducts).Reverse();
        return [.. lines.Select(line => new HistoryItem(line.Product, 1, line.At.ToUnixTimeSeconds()))];
    }

    private static int[] Numbers(List<BoughtLine> lines) => [.. lines.Select(line => line.Product)];
}
