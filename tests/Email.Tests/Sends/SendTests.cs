using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Messages;
using MarketingPlatform.Email.Sends;
using MarketingPlatform.Email.Tests.Sending;
using MarketingPlatform.Platform.Hosting;
using Xunit;
using static MarketingPlatform.Email.Tests.RunningEmail;

namespace MarketingPlatform.Email.Tests.Sends;

[Collection(HostedEmail.Name)]
public sealed class SendTests(SharedEmail shared) : IClassFixture<SharedEmail>
{
    private readonly RunningEmail email = shared.Email;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly object Content = new
    {
        subject = "News for {{ customer.first_name }}",
        html = "<p>{{ data.offer }} at {{ shop.name }}</p><a href=\"{{ unsubscribe_url }}\">Unsubscribe</a>",
        text = "{{ data.offer }} {{ unsubscribe_url }}",
    };

    private async Task<CreatedSend> SendAsync(object request, string? key = null)
    {
        var answer = await email.PostAsync(Routes.Sends, request, key);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync(Ct));
        return (await answer.Content.ReadFromJsonAsync<CreatedSend>(Json.Options, Ct))!;
    }

    private Task<SendView> ViewAsync(Guid id) => email.GetAsync<SendView>($"{Routes.Sends}/{id}");

    private async Task<SendView> EndsAsync(Guid id)
    {
        SendView? view = null;
        await EventuallyAsync(async () => (view = await ViewAsync(id)).Status == "done");
        return view!;
    }

    private async Task<JsonElement> ProblemAsync(object request, HttpStatusCode status)
    {
        var answer = await email.PostAsync(Routes.Sends, request);
        Assert.Equal(status, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }

    [Fact]
    public async Task Each_recipient_gets_one_mail_with_their_own_values()
    {
        var anna = await email.KnowsAsync(at: Now.AddDays(-2));
        var bea = await email.KnowsAsync(at: Now.AddDays(-2));

        var created = await SendAsync(
            new
            {
                audience = new
                {
                    recipients = new object[]
                    {
                        new { customerId = anna, variables = new { offer = "10 % <off>" } },
                        new { email = AddressOf(bea).ToUpperInvariant(), variables = new { offer = 7 } },
                        new { customerId = anna },
                    },
                },
                content = Content,
            }
        );
        var view = await EndsAsync(created.Send.Id);

        Assert.Equal((3, 2, 2), (view.Asked, view.Progress.Total, view.Progress.Sent));
        var toAnna = Assert.Single(await email.OutboxAsync(AddressOf(anna)));
        Assert.Equal("News for Anna", toAnna.Subject);
        Assert.Contains("10 % &lt;off&gt; at Tea &amp; Co", toAnna.HtmlBody);
        Assert.Contains("10 % <off>", toAnna.TextBody);
        Assert.NotNull(toAnna.Headers["List-Unsubscribe-Post"]);
        Assert.StartsWith($"send-{created.Send.Id:N}:{created.Send.Id:N}:marketing:", toAnna.Headers["Feedback-ID"]);
        Assert.Contains("7", Assert.Single(await email.OutboxAsync(AddressOf(bea))).TextBody);
    }

    [Fact]
    public async Task A_segments_members_are_read_over_all_pages()
    {
        var members = new List<Guid>();
        for (var i = 0; i < 5; i++)
            members.Add(await email.KnowsAsync(at: Now.AddDays(-2)));
        email.Segments["tea-lovers"] = members;

        var view = await EndsAsync((await SendAsync(new { audience = new { segment = "tea-lovers" }, content = Content })).Send.Id);

        Assert.Equal(5, view.Progress.Sent);
    }

    [Fact]
    public async Task An_empty_audience_is_refused_with_words()
    {
        email.Segments["nobody"] = [];

        var segment = await ProblemAsync(
            new { audience = new { segment = "nobody" }, content = Content },
            HttpStatusCode.UnprocessableEntity
        );
        var list = await ProblemAsync(
            new { audience = new { recipients = new[] { new { email = "not an address" } } }, content = Content },
            HttpStatusCode.UnprocessableEntity
        );

        Assert.Equal("/problems/empty-audience", segment.GetProperty("type").GetString());
        Assert.Contains("not an e-mail address", list.GetProperty("detail").GetString());
        var nobody = await ProblemAsync(
            new { audience = new { recipients = new object?[] { null } }, content = Content },
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Contains("Give either customerId or email", nobody.GetProperty("detail").GetString());
        Assert.Contains(
            "no segment",
            (await ProblemAsync(new { audience = new { segment = "who" }, content = Content }, HttpStatusCode.BadRequest)).ToString()
        );
    }

    [Fact]
    public async Task A_segment_that_cannot_be_read_is_no_smaller_audience()
    {
        email.Segments["quiet"] = [await email.KnowsAsync(at: Now.AddDays(-2))];
        email.Others.WithholdsSegments = true;
        try
        {
            var problem = await ProblemAsync(
                new { audience = new { segment = "quiet" }, content = Content },
                HttpStatusCode.ServiceUnavailable
            );

            Assert.Equal("/problems/segments-away", problem.GetProperty("type").GetString());
        }
        finally
        {
            email.Others.WithholdsSegments = false;
        }
    }

    [Fact]
    public async Task Every_bad_field_is_named()
    {
        var problem = await ProblemAsync(
            new
            {
                campaign = "a\r\nBcc: all@example.com",
                purpose = "spam",
                perMinute = 0,
                ambiguous = "guess",
                recommendations = 99,
                startAt = DateTimeOffset.MaxValue,
                audience = new { segment = "x", everyone = true },
                content = new { subject = "a\r\nBcc: all@example.com", html = "<p>x</p>" },
            },
            HttpStatusCode.BadRequest
        );

        Assert.Equal(
            ["ambiguous", "audience", "campaign", "content.subject", "perMinute", "purpose", "recommendations", "startAt"],
            problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order()
        );
    }

    [Theory]
    [InlineData("{% for i in (1..10) %}")]
    [InlineData("{{ 'a' | ")]
    public async Task A_template_that_cannot_be_read_is_refused_before_anything_is_sent(string html) =>
        Assert.Contains(
            "content",
            (
                await ProblemAsync(
                    new { audience = new { everyone = true }, content = new { subject = "x", html } },
                    HttpStatusCode.BadRequest
                )
            ).ToString()
        );

    [Fact]
    public async Task A_template_that_never_ends_fails_its_mails_and_nothing_else()
    {
        var anna = await email.KnowsAsync(at: Now.AddDays(-2));
        var created = await SendAsync(
            new
            {
                audience = new { recipients = new[] { new { customerId = anna } } },
                content = new { subject = "x", html = "{% for i in (1..1000000) %}{% for j in (1..1000000) %}x{% endfor %}{% endfor %}" },
            }
        );

        var view = await EndsAsync(created.Send.Id);

        Assert.Equal((0, 1), (view.Progress.Sent, view.Progress.Failed));
    }

    [Fact]
    public async Task Ten_megabytes_of_template_are_refused()
    {
        var problem = await ProblemAsync(
            new { audience = new { everyone = true }, content = new { subject = "x", html = new string('x', 10 * 1024 * 1024) } },
            HttpStatusCode.BadRequest
        );

        Assert.Contains("512 KB", problem.ToString());
    }

    [Fact]
    public async Task Who_did_not_agree_gets_no_marketing_and_their_receipt()
    {
        var stranger = $"stranger-{Guid.CreateVersion7():N}@example.com";
        var recipients = new[] { new { email = stranger, name = "Zoë 🫖" } };

        var marketing = await EndsAsync((await SendAsync(new { audience = new { recipients }, content = Content })).Send.Id);
        var receipt = await EndsAsync((
                await SendAsync(
                    new
                    {
                        purpose = "transactional",
                        audience = new { recipients },
                        content = Content,
                    }
                )
            ).Send.Id);

        Assert.Equal((0, 1), (marketing.Progress.Sent, marketing.Progress.Suppressed));
        Assert.Equal(1, receipt.Progress.Sent);
        var mail = Assert.Single(await email.OutboxAsync(stranger));
        Assert.Equal("Zoë 🫖", mail.To.Mailboxes.Single().Name);
        Assert.Null(mail.Headers["List-Unsubscribe"]);
    }

    [Fact]
    public async Task A_campaign_reaches_a_person_once_however_many_sends_it_has()
    {
        var anna = await email.KnowsAsync(at: Now.AddDays(-2));
        object Request(string occurrence) =>
            new
            {
                campaign = "autumn",
                occurrence,
                audience = new { recipients = new[] { new { customerId = anna } } },
                content = Content,
            };

        await EndsAsync((await SendAsync(Request("2026-11"))).Send.Id);
        var again = await EndsAsync((await SendAsync(Request("2026-11"))).Send.Id);
        var next = await EndsAsync((await SendAsync(Request("2026-12"))).Send.Id);

        Assert.Equal((1, 0), (again.Asked, again.Progress.Total));
        Assert.Equal(1, next.Progress.Sent);
        Assert.Equal(2, (await email.OutboxAsync(AddressOf(anna))).Count);
    }

    [Fact]
    public async Task The_same_request_under_the_same_key_is_one_send_and_another_request_is_refused()
    {
        var anna = await email.KnowsAsync(at: Now.AddDays(-2));
        object Request(string subject) =>
            new { audience = new { recipients = new[] { new { customerId = anna } } }, content = new { subject, text = "x" } };
        var key = Guid.CreateVersion7().ToString();

        var first = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SendAsync(Request("One"), key)));
        var other = await email.PostAsync(Routes.Sends, Request("Two"), key);

        Assert.Single(first.Select(created => created.Send.Id).Distinct());
        await EndsAsync(first[0].Send.Id);
        Assert.Single(await email.OutboxAsync(AddressOf(anna)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
    }

    [Fact]
    public async Task A_send_that_starts_later_says_when_and_can_be_cancelled_before()
    {
        var anna = await email.KnowsAsync(at: Now.AddDays(-2));
        var start = Now.AddHours(3);

        var created = await SendAsync(
            new
            {
                startAt = start,
                perMinute = 10,
                audience = new { recipients = new[] { new { customerId = anna } } },
                content = Content,
            }
        );
        Assert.Equal(start, created.Send.LastMailLeavesAt!.Value, TimeSpan.FromSeconds(1));
        await email.PostAsync($"{Routes.Sends}/{created.Send.Id}/cancel");

        var view = await ViewAsync(created.Send.Id);
        Assert.Equal(("cancelled", 1), (view.Status, view.Progress.Suppressed));
        Assert.Equal(HttpStatusCode.Conflict, (await email.PostAsync($"{Routes.Sends}/{created.Send.Id}/resume")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await email.PostAsync($"{Routes.Sends}/{created.Send.Id}/cancel")).StatusCode);
    }

    [Fact]
    public async Task Sends_are_listed_newest_first_and_mails_of_one_can_be_looked_at()
    {
        var anna = await email.KnowsAsync(at: Now.AddDays(-2));
        object request = new { audience = new { recipients = new[] { new { customerId = anna } } }, content = Content };
        var one = await EndsAsync((await SendAsync(request)).Send.Id);
        var two = await EndsAsync((await SendAsync(request)).Send.Id);

        var page = await email.GetAsync<Page<SendView>>($"{Routes.Sends}?limit=2");
        var mails = await email.GetAsync<Page<Message>>($"{Routes.Messages}?send={one.Id}");

        Assert.Equal([two.Id, one.Id], page.Items.Select(send => send.Id));
        Assert.NotNull(page.NextCursor);
        Assert.Equal(anna, Assert.Single(mails.Items).CustomerId);
        Assert.Equal(HttpStatusCode.NotFound, (await email.Http.GetAsync($"{Routes.Sends}/{anna}", Ct)).StatusCode);
    }
}
