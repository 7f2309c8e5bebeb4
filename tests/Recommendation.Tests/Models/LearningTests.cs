using MarketingPlatform.Recommendation.Models;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Models;

public sealed class LearningTests
{
    [Fact]
    public void The_sample_of_customers_is_stable_and_has_the_asked_size()
    {
        var random = new Random(3);
        var customers = Enumerable.Range(0, 20_000).Select(_ => NewCustomer(random)).ToArray();

        var sampled = customers.Where(c => HoldOut.Samples(c, 0.1)).ToArray();

        Assert.InRange(sampled.Length, 1_800, 2_200);
        Assert.All(sampled, c => Assert.True(HoldOut.Samples(c, 0.2)));
        Assert.All(customers, c => Assert.True(HoldOut.Samples(c, 1)));
    }

    /// <summary>UUID v7 of one and the same millisecond differ in their tail only: those must be spread as well.</summary>
    private static Guid NewCustomer(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes.AsSpan(8));
        return new Guid(bytes);
    }
}
