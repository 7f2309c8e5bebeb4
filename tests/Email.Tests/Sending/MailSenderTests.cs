using System.Diagnostics;
using Dapper;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Email.Messages;
using MarketingPlatform.TestInfrastructure;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Xunit;
using static MarketingPlatform.Email.Tests.RunningEmail;

namespace MarketingPlatform.Email.Tests.Sending;

[Collection(HostedEmail.Name)]
public sealed class MailSenderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // Puts the ledger into the state that a killed sender leaves: claimed by a lock that nobody holds.
    private const string DieAfterClaimSql = """
        update mails set status = 'claimed', claimed_by = 42, claimed_at = now(), sent_at = null, location = null,
            handed_over_at = case when @HandedOver then now() end
        where customer_id = @Customer
        """;

    private static Task DieAfterClaimAsync(RunningEmail email, Guid customer, bool handedOver) =>
        email.Database.ExecuteAsync(DieAfterClaimSql, new { Customer = customer, HandedOver = handedOver }, Ct);

    [Fact]
    public async Task A_crash_between_claim_and_send_neither_loses_nor_doubles_a_mail()
    {
        await using var email = await StartAsync();
        var anna = await email.KnowsAsync();
        Assert.Single(await email.OutboxAsync(AddressOf(anna)));

        // The file was written, the note of it was not.
        await DieAfterClaimAsync(email, anna, handedOver: true);
        var bea = await email.KnowsAsync();
        await email.SettlesAsync();

        Assert.Equal("sent", Assert.Single(await email.MailsAsync(anna)).Status);
        Assert.Equal("sent", Assert.Single(await email.MailsAsync(bea)).Status);
        Assert.Single(await email.OutboxAsync(AddressOf(anna)));
        Assert.Single(await email.OutboxAsync(AddressOf(bea)));
    }

    [Fact]
    public async Task A_sender_that_starts_finds_what_another_left_behind()
    {
        var database = await TestPostgres.CreateDatabaseAsync("email-crash");
        Guid anna;
        await using (var before = await StartAsync(database))
        {
            anna = await before.KnowsAsync();
            await before.SettlesAsync();
        }
        await using (var connection = new NpgsqlConnection(database))
            await connection.ExecuteAsync(DieAfterClaimSql, new { Customer = anna, HandedOver = false });

        await using var after = await StartAsync(database);

        Assert.Equal("sent", Assert.Single(await after.MailsAsync(anna)).Status);
        Assert.Single(await after.OutboxAsync(AddressOf(anna)));
    }

    [Fact]
    public async Task Over_SMTP_a_mail_that_may_have_left_is_listed_and_not_repeated()
    {
        await using var sink = await SmtpSink.StartAsync();
        await using var email = await StartAsync(null, ("Email:Smtp:Host", "127.0.0.1"), ("Email:Smtp:Port", $"{sink.Port}"));
        var anna = await email.KnowsAsync();
        Assert.Equal("sent", Assert.Single(await email.MailsAsync(anna)).Status);

        await DieAfterClaimAsync(email, anna, handedOver: true);
        await email.KnowsAsync();

        Assert.Equal("ambiguous", Assert.Single(await email.MailsAsync(anna)).Status);
        var listed = await email.GetAsync<Page<Message>>("/api/v1/messages?status=ambiguous");
        Assert.Equal(anna, Assert.Single(listed.Items).CustomerId);
        Assert.Equal(2, sink.Mails.GetFiles().Length);
    }

    [Fact]
    public async Task Over_SMTP_a_claim_that_was_never_handed_over_is_simply_sent()
    {
        await using var sink = await SmtpSink.StartAsync();
        await using var email = await StartAsync(null, ("Email:Smtp:Host", "127.0.0.1"), ("Email:Smtp:Port", $"{sink.Port}"));
        var anna = await email.KnowsAsync();
        await email.SettlesAsync();
        await DieAfterClaimAsync(email, anna, handedOver: false);
        await email.KnowsAsync();

        var mail = Assert.Single(await email.MailsAsync(anna));
        Assert.Equal("sent", mail.Status);
        Assert.StartsWith("smtp://127.0.0.1:", mail.Location);
        Assert.Equal(3, sink.Mails.GetFiles().Length);
    }

    [Fact]
    public async Task With_the_policy_resend_it_goes_out_once_too_often_rather_than_never()
    {
        await using var sink = await SmtpSink.StartAsync();
        await using var email = await StartAsync(
            null,
            ("Email:Smtp:Host", "127.0.0.1"),
            ("Email:Smtp:Port", $"{sink.Port}"),
            ("Email:AmbiguousPolicy", "resend")
        );
        var anna = await email.KnowsAsync();
        await email.SettlesAsync();
        await DieAfterClaimAsync(email, anna, handedOver: true);
        await email.KnowsAsync();

        Assert.Equal("sent", Assert.Single(await email.MailsAsync(anna)).Status);
        Assert.Equal(3, sink.Mails.GetFiles().Length);
    }

    [Fact]
    public async Task A_refusal_of_the_mail_server_is_kept_with_its_words()
    {
        await using var sink = await SmtpSink.StartAsync("-f", "rcpt");
        await using var email = await StartAsync(null, ("Email:Smtp:Host", "127.0.0.1"), ("Email:Smtp:Port", $"{sink.Port}"));
        var anna = await email.KnowsAsync();

        var mail = Assert.Single(await email.MailsAsync(anna));
        Assert.Equal("failed", mail.Status);
        Assert.StartsWith("5", mail.Reason);
    }

    [Fact]
    public async Task Recommendations_that_are_too_late_cost_200_ms_and_not_the_mail()
    {
        await using var email = await StartAsync(null, ("Email:RecommendationTimeout", "00:00:00.200"));
        email.Others.Recommend = async request =>
        {
            await Task.Delay(Timeout.Infinite, request.HttpContext.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return Results.StatusCode(500);
        };
        var anna = await email.KnowsAsync();

        Assert.Equal("sent", Assert.Single(await email.MailsAsync(anna)).Status);
        Assert.Contains("Popular in our shop", Assert.Single(await email.OutboxAsync(AddressOf(anna))).HtmlBody);
    }

    [Fact]
    public async Task A_trace_that_began_at_a_request_reaches_the_mail_and_what_it_causes()
    {
        List<Activity> spans = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("MarketingPlatform.", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                lock (spans)
                    spans.Add(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var email = await StartAsync();
        var anna = await email.KnowsAsync(at: Now.AddDays(-2));
        const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

        await email.HearsAsync(Cart(anna, "C1"), traceParent: $"00-{Trace}-00f067aa0ba902b7-01");
        await email.PublishesAsync<SentEmail>(sent => sent.CustomerId == anna);

        lock (spans)
        {
            Assert.Contains(spans, span => span.OperationName == "email.send_mail" && span.TraceId.ToHexString() == Trace);
            Assert.Contains(spans, span => span.OperationName == "publish EmailsSent" && span.TraceId.ToHexString() == Trace);
        }
    }
}
