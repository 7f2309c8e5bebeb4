using MarketingPlatform.Email.Digest;
using Xunit;

namespace MarketingPlatform.Email.Tests.Digest;

[Collection(HostedEmail.Name)]
public class MondayDigestTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_owner_gets_one_letter_a_week_whatever_restarts_in_between()
    {
        await using var email = await RunningEmail.StartAsync(null, ("Email:Digest:To", "owner@tea.example"), ("Email:Digest:Hour", "0"));
        await email.KnowsAsync();
        await RunningEmail.EventuallyAsync(async () =>
            await email.Database.QuerySingleAsync<bool>("select exists (select from digests)", null, Ct)
        );
        await using (
            var again = await RunningEmail.StartAsync(
                email.ConnectionString,
                ("Email:Digest:To", "owner@tea.example"),
                ("Email:Digest:Hour", "0")
            )
        )
            Assert.False(await again.Service<MondayDigest>().SendAsync(Ct));

        Assert.False(await email.Service<MondayDigest>().SendAsync(Ct));
        var letter = Assert.Single(await email.OutboxAsync("owner@tea.example"));
        Assert.StartsWith("Tea & Co: your mail in the week of ", letter.Subject, StringComparison.Ordinal);
        Assert.Contains("Subscribers", letter.TextBody, StringComparison.Ordinal);
        // A letter to the shop's own people has no way out.
        Assert.False(letter.Headers.Contains("List-Unsubscribe"));
    }
}
