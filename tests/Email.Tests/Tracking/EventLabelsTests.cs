using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Email.Tracking;
using Xunit;

namespace MarketingPlatform.Email.Tests.Tracking;

public class EventLabelsTests
{
    private const string Browser = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148";
    private static readonly DateTimeOffset Sent = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);

    private static RawMailEvent Click(double seconds, int link, int links = 4, string agent = Browser, bool head = false) =>
        new(Guid.CreateVersion7(), TrackedKind.Click, link, links, agent, head, Sent.AddSeconds(seconds));

    private static RawMailEvent Open(double seconds, string agent = Browser) =>
        new(Guid.CreateVersion7(), TrackedKind.Open, null, 4, agent, false, Sent.AddSeconds(seconds));

    private static RawMailEvent Trap(double seconds, string agent = Browser) =>
        new(Guid.CreateVersion7(), TrackedKind.Trap, null, 4, agent, false, Sent.AddSeconds(seconds));

    private static string[] Labels(params RawMailEvent[] events) => [.. events.Select(e => EventLabels.Of(e, events, Sent))];

    private const string Human = MailEventLabels.Human;
    private const string Scanner = MailEventLabels.Scanner;
    private const string Proxy = MailEventLabels.PrivacyProxy;

    [Fact]
    public void Somebody_who_reads_and_follows_two_links_in_a_while_is_human() =>
        Assert.Equal([Human, Human, Human], Labels(Open(60), Click(65, 0), Click(90, 2)));

    [Theory]
    [InlineData("Mozilla/5.0", Proxy)]
    [InlineData("Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", Human)]
    [InlineData("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", Human)]
    [InlineData("Googlebot/2.1", Scanner)]
    [InlineData("python-requests/2.32", Scanner)]
    [InlineData("", Scanner)]
    public void The_user_agent_tells_proxies_and_robots(string agent, string label) => Assert.Equal([label], Labels(Open(60, agent)));

    [Fact]
    public void Three_links_within_two_seconds_are_a_machine() =>
        Assert.Equal([Scanner, Scanner, Scanner, Human], Labels(Click(60, 0), Click(61, 1), Click(62, 2), Click(300, 0)));

    [Fact]
    public void All_links_within_ten_seconds_are_a_machine_though_they_are_two() =>
        Assert.Equal([Scanner, Scanner], Labels(Click(60, 0, links: 2), Click(69, 1, links: 2)));

    [Fact]
    public void The_only_link_of_a_mail_is_no_burst() => Assert.Equal([Human], Labels(Click(60, 0, links: 1)));

    [Fact]
    public void The_same_link_clicked_often_is_a_person_in_a_hurry() =>
        Assert.Equal([Human, Human, Human], Labels(Click(60, 0), Click(61, 0), Click(61.5, 0)));

    [Fact]
    public void Who_follows_the_link_that_nobody_sees_is_a_machine_in_all_it_does_then()
    {
        Assert.Equal([Scanner, Scanner, Scanner], Labels(Open(59), Trap(60), Click(90, 1)));
        Assert.Equal([Scanner, Human], Labels(Trap(60), Click(7200, 1)));
        Assert.Equal([Scanner, Human], Labels(Trap(60, "Mozilla/5.0 (X11; Linux) Gateway"), Click(90, 1)));
    }

    [Fact]
    public void Nobody_reads_within_three_seconds() => Assert.Equal([Scanner, Proxy], Labels(Click(1, 0), Open(2)));

    [Fact]
    public void A_head_request_is_a_machine() => Assert.Equal([Scanner], Labels(Click(60, 0, head: true)));
}
