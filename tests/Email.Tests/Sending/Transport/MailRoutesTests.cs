using MarketingPlatform.Email.Sending.Transport;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MarketingPlatform.Email.Tests.Sending.Transport;

public sealed class MailRoutesTests : IDisposable
{
    private readonly FakeTimeProvider clock = new();
    private readonly MailRoutes routes;

    public MailRoutesTests() => routes = new([new("large", 3, [], null!), new("small", 1, [], null!), new("spare", 0, [], null!)], clock);

    public void Dispose() => routes.Dispose();

    private static Guid Mail(int i) => new(i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);

    [Fact]
    public void Mails_are_spread_by_the_weights_and_a_mail_always_prefers_the_same_route()
    {
        var first = Enumerable.Range(0, 4_000).Select(i => routes.For(Mail(i))[0].Name).ToArray();

        Assert.InRange(first.Count(name => name == "large"), 2_850, 3_150);
        Assert.DoesNotContain("spare", first);
        Assert.Equal(first, Enumerable.Range(0, 4_000).Select(i => routes.For(Mail(i))[0].Name));
    }

    [Fact]
    public void A_route_that_cannot_be_reached_rests_and_its_mails_take_another()
    {
        routes.Missed("large");

        Assert.Equal(["small", "spare"], routes.For(Mail(1)).Select(route => route.Name));
        clock.Advance(TimeSpan.FromSeconds(2.1));
        Assert.Equal(3, routes.For(Mail(1)).Count);
    }

    [Fact]
    public void It_rests_longer_each_time_and_one_success_ends_that()
    {
        routes.Missed("large");
        clock.Advance(TimeSpan.FromSeconds(2.1));
        routes.Missed("large");
        clock.Advance(TimeSpan.FromSeconds(2.1));
        Assert.DoesNotContain(routes.For(Mail(1)), route => route.Name == "large");

        routes.Reached("large");

        Assert.Contains(routes.For(Mail(1)), route => route.Name == "large");
    }

    [Fact]
    public void Many_mails_that_fail_at_once_are_one_failure()
    {
        for (var i = 0; i < 20; i++)
            routes.Missed("large");

        clock.Advance(TimeSpan.FromSeconds(2.1));

        Assert.Equal(3, routes.For(Mail(1)).Count);
    }

    [Fact]
    public void When_all_rest_it_is_told_until_when()
    {
        Assert.Null(routes.AllRestUntil());
        foreach (var name in new[] { "large", "small", "spare" })
            routes.Missed(name);

        Assert.Empty(routes.For(Mail(1)));
        Assert.Equal(clock.GetUtcNow().AddSeconds(2), routes.AllRestUntil());
    }

    [Fact]
    public void A_domain_that_defers_again_and_again_is_asked_less_often()
    {
        var backoff = new DomainBackoff(clock);
        backoff.Deferred("large", "gmail.com");
        backoff.Deferred("large", "gmail.com");
        Assert.Null(backoff.RestsUntil("large", "gmail.com"));

        backoff.Deferred("large", "gmail.com");

        Assert.Equal(clock.GetUtcNow().AddSeconds(4), backoff.RestsUntil("large", "gmail.com"));
        Assert.Null(backoff.RestsUntil("small", "gmail.com"));
        backoff.Delivered("large", "gmail.com");
        Assert.Null(backoff.RestsUntil("large", "gmail.com"));
    }

    [Fact]
    public void Presets_bring_a_providers_limits_and_what_is_set_beside_them_wins()
    {
        var limits = new SmtpOptions
        {
            Host = "smtp",
            Preset = "microsoft-365",
            PerDay = 500,
        }.LimitsOf("m365");

        Assert.Equal([30, 500], limits.Select(limit => limit.Max));
        Assert.Equal([TimeSpan.FromMinutes(1), TimeSpan.FromDays(1)], limits.Select(limit => limit.Window));
        Assert.Equal(100, new SmtpOptions { Preset = "google-workspace" }.MailsPerConnection);
        Assert.Contains(
            new SmtpOptions { Host = "x", Preset = "aol" }.Problems("Email:Smtp", true),
            problem => problem.Contains("ses-sandbox")
        );
    }
}
