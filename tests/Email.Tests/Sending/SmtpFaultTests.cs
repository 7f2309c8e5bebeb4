using System.Net;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Sends;
using Xunit;
using static MarketingPlatform.Email.Tests.RunningEmail;

namespace MarketingPlatform.Email.Tests.Sending;

/// <summary>What a mail server can do to a send; smtp-sink does it on demand. Nothing is lost, nothing goes out twice.</summary>
[Collection(HostedEmail.Name)]
public sealed class SmtpFaultTests
{
    private const int Mails = 60;
    private const int Connections = 4;
    private const string End = "END-OF-THIS-MAIL";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Task<RunningEmail> StartAsync(int port, params (string, string)[] settings) =>
        RunningEmail.StartAsync(
            null,
            [("Email:Smtp:Host", "127.0.0.1"), ("Email:Smtp:Port", $"{port}"), ("Email:Concurrency", $"{Connections}"), .. settings]
        );

    private static async Task<Guid> SendAsync(RunningEmail email, int mails = Mails, int? perMinute = null, string domain = "example.com")
    {
        var answer = await email.PostAsync(
            Routes.Sends,
            new
            {
                purpose = "transactional",
                perMinute,
                audience = new { recipients = Enumerable.Range(0, mails).Select(i => new { email = $"customer{i}@{domain}" }) },
                content = new { subject = "Hello", text = $"Some words.\n{End}\n" },
            }
        );
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return (await email.GetAsync<Page<SendView>>(Routes.Sends)).Items[0].Id;
    }

    private static async Task<SendView> WhenAsync(RunningEmail email, Guid send, Func<SendView, bool> isSo)
    {
        SendView? view = null;
        await EventuallyAsync(async () => isSo(view = await email.GetAsync<SendView>($"{Routes.Sends}/{send}")));
        return view!;
    }

    private static void EachOnce(SmtpSink sink, int mails = Mails)
    {
        var taken = sink.Taken(End);
        Assert.Equal(mails, taken.Count);
        Assert.Equal(mails, taken.Select(mail => mail.Recipient).Distinct().Count());
    }

    [Theory]
    [InlineData("-r", "rcpt")]
    [InlineData("-r", ".")]
    [InlineData("-q", "mail")]
    [InlineData("-q", "data")]
    public async Task A_server_that_is_troubled_for_a_while_gets_every_mail_once_afterwards(string fault, string command)
    {
        var port = SmtpSink.FreePort();
        await using var email = await StartAsync(port);
        Guid send;
        await using (await SmtpSink.StartOnAsync(port, fault, command))
        {
            send = await SendAsync(email);
            await EventuallyAsync(async () =>
                await email.Database.QuerySingleAsync<bool>("select exists (select from mails where reason is not null)", null, Ct)
            );
        }
        await using var sink = await SmtpSink.StartOnAsync(port);

        var view = await WhenAsync(email, send, view => view.Status == "done");

        // The troubled one was ended: what it was taking at that moment is in doubt, which is said and not repeated.
        Assert.InRange(view.Progress.Ambiguous, 0, Connections);
        Assert.Equal(Mails, view.Progress.Sent + view.Progress.Ambiguous);
        EachOnce(sink, view.Progress.Sent);
    }

    [Fact]
    public async Task A_server_that_hangs_up_before_it_answers_leaves_doubt_that_is_listed_and_not_repeated()
    {
        await using var sink = await SmtpSink.StartAsync("-q", ".");
        await using var email = await StartAsync(sink.Port);

        var view = await WhenAsync(email, await SendAsync(email, 20), view => view.Status == "done");

        Assert.Equal((0, 20), (view.Progress.Sent, view.Progress.Ambiguous));
        EachOnce(sink, 20);
    }

    [Fact]
    public async Task A_slow_server_gets_each_mail_once()
    {
        // Every tenth DATA waits for a second.
        await using var sink = await SmtpSink.StartAsync("-W", ".:1:10");
        await using var email = await StartAsync(sink.Port);

        var view = await WhenAsync(email, await SendAsync(email), view => view.Status == "done");

        Assert.Equal(Mails, view.Progress.Sent);
        EachOnce(sink);
    }

    [Theory]
    [InlineData("550 5.1.1 Recipient address rejected: User unknown", true)]
    [InlineData("550 5.7.1 Service unavailable; client host blocked using zen.spamhaus.org", false)]
    [InlineData("554 5.6.0 Message content rejected", false)]
    public async Task A_refusal_is_final_and_only_one_of_the_address_suppresses_it(string reply, bool suppresses)
    {
        await using var sink = await SmtpSink.StartAsync("-f", "rcpt", "-B", reply);
        await using var email = await StartAsync(sink.Port);

        var view = await WhenAsync(email, await SendAsync(email, 10), view => view.Status == "done");

        Assert.Equal((0, 10, suppresses ? 10 : 0), (view.Progress.Sent, view.Progress.Failed, view.Progress.Bounced));
        var evidence = await email.Database.QueryAsync<string>("select evidence from suppressions where reason = 'bounced'", null, Ct);
        Assert.Equal(suppresses ? 10 : 0, evidence.Count);
        Assert.All(evidence, words => Assert.Equal(reply, words));
        // The next mail to such an address is not even tried.
        var again = await WhenAsync(email, await SendAsync(email, 10), view => view.Status == "done");
        Assert.Equal(suppresses ? 10 : 0, again.Progress.Suppressed);
    }

    [Fact]
    public async Task A_list_of_dead_addresses_pauses_its_send_and_a_person_may_resume_it()
    {
        await using var sink = await SmtpSink.StartAsync("-f", "rcpt", "-B", "550 5.1.1 User unknown");
        await using var email = await StartAsync(sink.Port, ("Email:Breaker:MinMails", "20"));

        var paused = await WhenAsync(email, await SendAsync(email, 2_000), view => view.Status == "paused");

        Assert.Contains("addresses do not exist", paused.Reason);
        Assert.InRange(paused.Progress.Failed, 20, 1_999);
        await email.PostAsync($"{Routes.Sends}/{paused.Id}/cancel");
        Assert.Equal(
            2_000,
            (await WhenAsync(email, paused.Id, view => view.Progress.Waiting == 0 && view.Progress.UnderWay == 0)).Progress.Total
        );
    }

    [Fact]
    public async Task When_one_route_is_dead_its_mails_take_the_other()
    {
        await using var sink = await SmtpSink.StartAsync();
        await using var email = await RunningEmail.StartAsync(
            null,
            ("Email:Routes:dead:Host", "127.0.0.1"),
            ("Email:Routes:dead:Port", $"{SmtpSink.FreePort()}"),
            ("Email:Routes:alive:Host", "127.0.0.1"),
            ("Email:Routes:alive:Port", $"{sink.Port}")
        );

        var view = await WhenAsync(email, await SendAsync(email), view => view.Status == "done");

        Assert.Equal(Mails, view.Progress.Sent);
        EachOnce(sink);
        Assert.Equal(
            ["alive"],
            await email.Database.QueryAsync<string>("select distinct route from mails where status = 'sent'", null, Ct)
        );
    }

    [Fact]
    public async Task A_send_that_is_paused_loses_nothing_and_goes_on_where_it_was()
    {
        await using var sink = await SmtpSink.StartAsync();
        await using var email = await StartAsync(sink.Port);
        var send = await SendAsync(email, 2_000);
        await WhenAsync(email, send, view => view.Progress.Sent > 50);

        await email.PostAsync($"{Routes.Sends}/{send}/pause");
        // What a server was taking at that moment may still arrive; after that nothing does.
        var paused = await WhenAsync(email, send, view => view.Progress.UnderWay == 0);
        await Task.Delay(300, Ct);
        var later = await email.GetAsync<SendView>($"{Routes.Sends}/{send}");
        Assert.Equal((paused.Progress.Sent, "paused"), (later.Progress.Sent, later.Status));
        Assert.InRange(later.Progress.Sent, 51, 1_999);
        Assert.Null(later.LastMailLeavesAt);

        await email.PostAsync($"{Routes.Sends}/{send}/resume");
        var view = await WhenAsync(email, send, view => view.Status == "done");

        Assert.Equal(2_000, view.Progress.Sent);
        EachOnce(sink, 2_000);
    }

    [Fact]
    public async Task A_send_that_is_cancelled_stops_at_once_and_every_mail_is_accounted_for()
    {
        await using var sink = await SmtpSink.StartAsync();
        await using var email = await StartAsync(sink.Port);
        var send = await SendAsync(email, 2_000);
        await WhenAsync(email, send, view => view.Progress.Sent > 50);

        await email.PostAsync($"{Routes.Sends}/{send}/cancel");

        var view = await WhenAsync(email, send, view => view.Progress.Waiting == 0 && view.Progress.UnderWay == 0);
        Assert.Equal("cancelled", view.Status);
        Assert.Equal(2_000, view.Progress.Sent + view.Progress.Suppressed);
        Assert.InRange(view.Progress.Sent, 51, 1_999);
        EachOnce(sink, view.Progress.Sent);
    }

    [Fact]
    public async Task A_routes_limit_holds_and_the_send_says_when_its_last_mail_leaves()
    {
        await using var sink = await SmtpSink.StartAsync();
        await using var email = await StartAsync(sink.Port, ("Email:Smtp:PerHour", "10"), ("Email:Smtp:PerConnection", "3"));
        var send = await SendAsync(email, 25);

        var view = await WhenAsync(email, send, view => view.Progress is { Sent: 10, UnderWay: 0, Waiting: 15 });

        EachOnce(sink, 10);
        // Ten more after an hour, the last five after two.
        Assert.InRange((view.LastMailLeavesAt!.Value - Now).TotalHours, 1.9, 2.4);
    }

    [Fact]
    public async Task A_domains_pace_holds_up_its_own_mails_only()
    {
        await using var sink = await SmtpSink.StartAsync();
        await using var email = await StartAsync(sink.Port, ("Email:Domains:slow.example:PerMinute", "5"));

        var slow = await SendAsync(email, 12, domain: "slow.example");
        var fast = await SendAsync(email, 12, domain: "fast.example");

        await WhenAsync(email, fast, view => view is { Status: "done", Progress.Sent: 12 });
        await WhenAsync(email, slow, view => view.Progress is { Sent: 5, Waiting: 7 });
    }

    [Fact]
    public async Task An_ambiguous_mail_is_sent_again_when_a_person_says_so()
    {
        var port = SmtpSink.FreePort();
        await using var email = await StartAsync(port);
        Guid send;
        await using (await SmtpSink.StartOnAsync(port, "-q", "."))
        {
            send = await SendAsync(email, 5);
            await WhenAsync(email, send, view => view is { Status: "done", Progress.Ambiguous: 5 });
        }
        await using var sink = await SmtpSink.StartOnAsync(port);

        var answer = await email.PostAsync(Routes.Messages + "/ambiguous", new { action = "resend", send });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await WhenAsync(email, send, view => view is { Status: "done", Progress.Sent: 5 });
        EachOnce(sink, 5);
        var listed = await email.GetAsync<Page<Email.Messages.Message>>($"{Routes.Messages}?status=ambiguous");
        Assert.All(listed.Items, mail => Assert.Equal(("sent", "resent", 1), (mail.Status, mail.Resolution, mail.AmbiguousCount)));
        Assert.Equal(5, listed.Items.Count);
    }
}
