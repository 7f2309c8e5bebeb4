using MarketingPlatform.Email.Deliverability;
using Xunit;

namespace MarketingPlatform.Email.Tests.Deliverability;

public sealed class SendBreakerTests
{
    private static readonly BreakerOptions Options = new();

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(3, 2, 0)]
    [InlineData(100, 5, 0)]
    [InlineData(100, 9, 0)]
    [InlineData(500, 30, 0)]
    [InlineData(500, 0, 1)]
    public void A_few_bad_mails_prove_nothing(int mails, int bounced, int complained) =>
        Assert.Null(SendBreaker.Decide(new(mails, bounced, complained), Options));

    [Fact]
    public void A_list_of_dead_addresses_stops() =>
        Assert.Contains("30 of the last 100 addresses", SendBreaker.Decide(new(100, 30, 0), Options));

    [Fact]
    public void Complaints_stop_it_too() =>
        Assert.Contains("8 of the last 500 mails were reported", SendBreaker.Decide(new(500, 0, 8), Options));

    [Fact]
    public void Who_wants_no_breaker_has_none() =>
        Assert.Null(SendBreaker.Decide(new(500, 500, 500), new() { MaxBounceRate = 1, MaxComplaintRate = 1 }));
}
