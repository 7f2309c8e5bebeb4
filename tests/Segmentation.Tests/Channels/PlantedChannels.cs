using MarketingPlatform.Segmentation.Channels;

namespace MarketingPlatform.Segmentation.Tests.Channels;

/// <summary>
/// A shop whose truth is known: 5 segments of 50 to 5,000 customers and 6 channels, each with a true conversion rate and order value in each
/// segment. Channels differ by nature, and in each segment a little from their nature.
/// </summary>
internal sealed class PlantedChannels
{
    private static readonly string[] Channels = ["email", "social-ad", "search-ad", "chat", "direct", "affiliate"];
    private static readonly int[] Sizes = [50, 160, 500, 1_600, 5_000];
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public List<Touch> Touches { get; } = [];

    public List<Purchase> Purchases { get; } = [];

    /// <summary>True revenue of a customer reached.</summary>
    public Dictionary<(string Segment, string Channel), double> Truth { get; } = [];

    public static PlantedChannels Of(int seed)
    {
        var random = new Random(seed);
        var planted = new PlantedChannels();
        var nature = Channels.ToDictionary(c => c, _ => -2.8 + 0.9 * Normal(random));
        var value = Channels.ToDictionary(c => c, _ => 30 + 30 * random.NextDouble());
        foreach (var (s, size) in Sizes.Index())
        foreach (var channel in Channels)
        {
            var rate = 1 / (1 + Math.Exp(-(nature[channel] + 0.25 * Normal(random))));
            planted.Reach($"s{s}", channel, size, rate, value[channel], random);
        }
        return planted;
    }

    private void Reach(string segment, string channel, int size, double rate, double mean, Random random)
    {
        Truth[(segment, channel)] = rate * mean;
        for (var i = 0; i < size; i++)
        {
            // Each customer is reached by one channel: the truth of a channel is then what was planted.
            var customer = $"{segment}-{channel}-{i}";
            Touches.Add(new Touch(customer, segment, channel, Start, random.Next(3) == 0));
            if (random.NextDouble() < rate)
                Purchases.Add(
                    new Purchase(customer, Start.AddDays(random.Next(1, 20)), (decimal)(mean * Math.Exp(0.5 * Normal(random) - 0.125)))
                );
        }
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
