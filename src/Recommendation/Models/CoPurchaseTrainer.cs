namespace MarketingPlatform.Recommendation.Models;

/// <summary>
/// Item–item cosine over what customers bought (item-kNN on binary data; Sarwar et al., WWW 2001; Deshpande and Karypis, TOIS 2004).
/// <para>
/// With w(u) the weight of customer u, n(a) = Σ w(u) over buyers of a, and n(a,b) = Σ w(u) over buyers of both:
/// <c>similarity(a,b) = n(a,b) / √(n(a)·n(b)) · n(a,b) / (n(a,b) + shrinkage)</c>, in [0, 1). The first factor keeps best-sellers from
/// being everybody's
/// neighbour, the second keeps two rare products that met twice by chance from looking like twins.
/// </para>
/// <para>
/// Heavy customers: w(u) = 1 up to <see cref="CoPurchaseParameters.FullWeightProducts"/> different products, beyond it that number
/// divided by
/// theirs; products beyond <see cref="CoPurchaseParameters.MaxProducts"/>, oldest first, are not looked at. The support that a pair
/// needs is counted in
/// the same weights, so a handful of wholesalers or bots that bought everything cannot make a pair by themselves.
/// </para>
/// <para>Repeats and quantities do not count; time counts at serving. Memory: two integers for each customer and product; no pair
/// table.</para>
/// </summary>
internal sealed class CoPurchaseTrainer(CoPurchaseParameters parameters)
{
    private readonly List<int> bought = [];
    private readonly List<int> starts = [0];
    private readonly List<float> weights = [];
    private int productCount;

    public int Customers => weights.Count;

    /// <summary>One customer's different products, newest first.</summary>
    public void Add(ReadOnlySpan<int> products)
    {
        if (products.Length > parameters.MaxProducts)
        {
            products = products[..parameters.MaxProducts];
        }
        foreach (var product in products)
        {
            bought.Add(product);
            productCount = Math.Max(productCount, product + 1);
        }
        starts.Add(bought.Count);
        weights.Add(Math.Min(1f, (float)parameters.FullWeightProducts / Math.Max(1, products.Length)));
    }

    /// <summary>
    /// Neighbours of products 0 … <paramref name="products"/> − 1, most similar first; ties by product number, so that the same data give
    /// the same model.
    /// </summary>
    public NeighbourModel Train(int products, CancellationToken cancellation)
    {
        var (buyerStarts, buyers) = Buyers(products);
        var buyersOf = new double[products];
        for (var customer = 0; customer < weights.Count; customer++)
        {
            for (var at = starts[customer]; at < starts[customer + 1]; at++)
            {
                buyersOf[bought[at]] += weights[customer];
            }
        }

        var neighbours = new Neighbour[products][];
        var both = new double[products];
        var met = new List<int>();
        var best = new PriorityQueue<Neighbour, (float Similarity, int Later)>();
        for (var product = 0; product < products; product++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var at = buyerStarts[product]; at < buyerStarts[product + 1]; at++)
            {
                var customer = buyers[at];
                for (var other = starts[customer]; other < starts[customer + 1]; other++)
                {
                    ref var count = ref both[bought[other]];
                    if (count == 0)
                    {
                        met.Add(bought[other]);
                    }
                    count += weights[customer];
                }
            }
            foreach (var other in met)
            {
                // A sum of float weights may miss a whole number by a hair.
                if (other != product && both[other] >= parameters.MinimumSupport - 1e-6)
                {
                    var cosine = both[other] / Math.Sqrt(buyersOf[product] * buyersOf[other]);
                    var similarity = (float)(cosine * both[other] / (both[other] + parameters.Shrinkage));
                    var neighbour = new Neighbour(other, similarity);
                    if (best.Count < parameters.Neighbours)
                    {
                        best.Enqueue(neighbour, (similarity, -other));
                    }
                    else
                    {
                        best.EnqueueDequeue(neighbour, (similarity, -other));
                    }
                }
                both[other] = 0;
            }
            met.Clear();
            neighbours[product] = new Neighbour[best.Count];
            for (var rank = best.Count - 1; rank >= 0; rank--)
            {
                neighbours[product][rank] = best.Dequeue();
            }
        }
        return new NeighbourModel(NeighbourModel.CoPurchase, neighbours);
    }

    private (int[] Starts, int[] Buyers) Buyers(int products)
    {
        if (productCount > products)
        {
            throw new ArgumentException(
                $"Product number {productCount - 1} was added, but only {products} ids were given.",
                nameof(products)
            );
        }
        var ends = new int[products + 1];
        foreach (var product in bought)
        {
            ends[product + 1]++;
        }
        for (var product = 0; product < products; product++)
        {
            ends[product + 1] += ends[product];
        }
        var next = ends.AsSpan(0, products).ToArray();
        var buyers = new int[bought.Count];
        for (var customer = 0; customer < weights.Count; customer++)
        {
            for (var at = starts[customer]; at < starts[customer + 1]; at++)
            {
                buyers[next[bought[at]]++] = customer;
            }
        }
        return (ends, buyers);
    }
}
