namespace MarketingPlatform.Cli.Demo.Shop;

/// <summary>The draws a shop is made of. One instance a shopper, so that one shopper's life does not depend on another's.</summary>
internal sealed class Chance(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>The chance of one part of the shop: the same numbers for the same seed and part, on every machine.</summary>
    public static Chance Of(int seed, int part) => new(unchecked((seed * 1_000_003) ^ (part * 7_919 + 17)));

    public double Unit() => _random.NextDouble();

    public bool Happens(double probability) => _random.NextDouble() < probability;

    public int Between(int from, int to) => _random.Next(from, to + 1);

    public T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    /// <summary>An index with probability proportional to its weight; weights are positive or zero, at least one positive.</summary>
    public int Weighted(ReadOnlySpan<double> weights)
    {
        var total = 0.0;
        foreach (var weight in weights)
            total += weight;
        var left = _random.NextDouble() * total;
        var last = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] <= 0)
                continue;
            last = i;
            left -= weights[i];
            if (left < 0)
                return i;
        }
        return last;
    }

    public double Exponential(double mean) => -mean * Math.Log(1 - _random.NextDouble());

    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    /// <summary>Counts with the given mean (Knuth 1969; meant for small means).</summary>
    public int Poisson(double mean)
    {
        var limit = Math.Exp(-mean);
        var count = 0;
        for (var product = _random.NextDouble(); product > limit; product *= _random.NextDouble())
            count++;
        return count;
    }

    public void Shuffle<T>(T[] items) => _random.Shuffle(items);
}
