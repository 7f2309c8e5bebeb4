using System.Net;
using System.Net.Http.Headers;
using MarketingPlatform.Cli.Api;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Api;

public sealed class RetryTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 15, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.RequestEntityTooLarge)]
    public void What_would_fail_again_is_not_repeated(HttpStatusCode status) => Assert.Null(Pause(status));

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.BadGateway)]
    [InlineData(HttpStatusCode.GatewayTimeout)]
    [InlineData(null)]
    public void What_passes_is_repeated(HttpStatusCode? status) => Assert.NotNull(Pause(status));

    [Fact]
    public void The_pause_asked_for_is_kept_in_seconds_or_as_a_date()
    {
        var seconds = new RetryConditionHeaderValue(TimeSpan.FromSeconds(7));
        var date = new RetryConditionHeaderValue(Now.AddSeconds(9));
        var past = new RetryConditionHeaderValue(Now.AddSeconds(-9));

        Assert.Equal(TimeSpan.FromSeconds(7), Pause(HttpStatusCode.TooManyRequests, seconds));
        Assert.Equal(TimeSpan.FromSeconds(9), Pause(HttpStatusCode.ServiceUnavailable, date));
        Assert.Equal(TimeSpan.Zero, Pause(HttpStatusCode.ServiceUnavailable, past));
    }

    [Fact]
    public void Without_such_a_wish_pauses_grow_up_to_5_seconds()
    {
        var pauses = Enumerable.Range(1, 8).Select(attempt => Pause(HttpStatusCode.ServiceUnavailable, attempt: attempt)!.Value).ToArray();

        Assert.Equal(pauses.Order(), pauses);
        Assert.Equal(TimeSpan.FromSeconds(0.25), pauses[0]);
        Assert.Equal(TimeSpan.FromSeconds(5), pauses[^1]);
    }

    [Fact]
    public void After_5_minutes_it_gives_up()
    {
        Assert.NotNull(Pause(null, attempt: 30, elapsed: Retry.Patience - TimeSpan.FromSeconds(5)));
        Assert.Null(Pause(null, attempt: 30, elapsed: Retry.Patience - TimeSpan.FromSeconds(4)));
    }

    [Fact]
    public void A_server_error_is_repeated_a_few_times_only()
    {
        Assert.NotNull(Pause(HttpStatusCode.InternalServerError, attempt: 3));
        Assert.Null(Pause(HttpStatusCode.InternalServerError, attempt: 4));
    }

    private static TimeSpan? Pause(
        HttpStatusCode? status,
        RetryConditionHeaderValue? retryAfter = null,
        int attempt = 1,
        TimeSpan elapsed = default
    ) => Retry.PauseAfter(status, retryAfter, attempt, elapsed, Now);
}
