using MarketingPlatform.TestInfrastructure.Streams;
using Xunit;

namespace MarketingPlatform.Email.Tests.Recipients;

/// <summary>Whatever a broker does to the news about customers, the same rows result.</summary>
[Collection(HostedEmail.Name)]
public sealed class StreamTests(SharedEmail shared) : IClassFixture<SharedEmail>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private StreamProperties Properties =>
        new(
            "email",
            shared.Email.ConnectionString,
            ["recipients", "consents", "merges"],
            "select coalesce((select canonical_id from recipients where customer_id = $1), $1)::text",
            shared.Email.PublishAsync
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
        var (orderly, disturbed) = await Properties.ShuffleAsync(RunningEmail.Now, seed, Ct);

        Assert.NotEmpty(orderly);
        Assert.Equal(orderly, disturbed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_merge_that_is_undone_leaves_every_row_as_it_was(int seed)
    {
        var (before, between, after) = await Properties.MergeAndUndoAsync(RunningEmail.Now, seed, Ct);

        Assert.NotEqual(before, between);
        Assert.Equal(before, after);
    }
}
