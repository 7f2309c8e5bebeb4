using MarketingPlatform.TestInfrastructure.Streams;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Customers;

/// <summary>Whatever a broker does to the news about customers, the same rows result.</summary>
public sealed class StreamTests(Shop shop) : IClassFixture<Shop>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private StreamProperties Properties =>
        new(
            "segmentation",
            shop.ConnectionString,
            ["customers", "consents", "orders", "refunds", "activity_days", "merges"],
            "select coalesce((select root_id from merges where from_id = $1), $1)::text",
            shop.PublishAsync
        );

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task A_stream_that_is_shuffled_and_repeated_gives_the_same_rows(int seed)
    {
        var (orderly, disturbed) = await Properties.ShuffleAsync(Shop.Start, seed, Ct);

        Assert.NotEmpty(orderly);
        Assert.Equal(orderly, disturbed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_merge_that_is_undone_leaves_every_row_as_it_was(int seed)
    {
        var (before, between, after) = await Properties.MergeAndUndoAsync(Shop.Start, seed, Ct);

        Assert.NotEqual(before, between);
        Assert.Equal(before, after);
    }
}
