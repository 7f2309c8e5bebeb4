using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Email.Automations.Events;
using Microsoft.AspNetCore.Http;
using MimeKit;
using Xunit;
using static MarketingPlatform.Email.Tests.RunningEmail;

namespace MarketingPlatform.Email.Tests.Automations;

[Collection(HostedEmail.Name)]
public sealed class AutomationTests : IClassFixture<SharedEmail>
{
    private readonly RunningEmail email;

    public AutomationTests(SharedEmail shared)
    {
        email = shared.Email;
        email.Others.Recommend = OtherServices.RecommendThree;
    }

    [Fact]
    public async Task An_abandoned_cart_sends_one_mail_however_often_the_event_comes()
    {
        var anna = await email.KnowsAsync();
        var first = await email.HearsAsync(Cart(anna, "C1"));
        await email.HearsAsync(Cart(anna, "C1"), first);
        await email.HearsAsync(Cart(anna, "C1"));

        var mail = Assert.Single(await email.MailsAsync(anna, "abandoned-cart"));
        Assert.Equal("sent", mail.Status);
        Assert.Equal("Anna, you left Green tea and 1 more in your cart", mail.Subject);
        Assert.Equal(["T1", "P1", "R-Scones", "R-Jam", "R-Biscuits"], mail.Products.Select(product => product.ProductId));
        Assert.Equal(
            [null, null, "Goes with tea: Scones", "Goes with tea: Jam", "Goes with tea: Biscuits"],
            mail.Products.Select(p => p.Reason)
        );
        Assert.NotNull(mail.SentAt);

        var message = await MimeMessage.LoadAsync(mail.Location!, TestContext.Current.CancellationToken);
        Assert.Equal(AddressOf(anna), message.To.Mailboxes.Single().Address);
        Assert.Equal("Tea & Co", message.From.Mailboxes.Single().Name);
        foreach (var part in new[] { message.TextBody!, message.HtmlBody! })
            Assert.All(new[] { "Green tea", "Teapot", "€39.00", "Scones", "Jam", "Biscuits" }, word => Assert.Contains(word, part));

        var sent = await email.PublishesAsync<SentEmail>(s => s.CustomerId == anna && s.Automation == "abandoned-cart");
        Assert.Equal(mail.Id, Assert.Single(sent).MailId);
    }

    [Fact]
    public async Task Recommendations_are_asked_for_this_customer_with_the_content_of_the_cart()
    {
        string? asked = null;
        email.Others.Recommend = request =>
        {
            asked = request.QueryString.Value;
            return Task.FromResult(Results.Ok(OtherServices.Recommended("Scones")));
        };
        var anna = await email.KnowsAsync(consent: true, at: Now.AddDays(-2));

        await email.HearsAsync(Cart(anna, "C1"));

        Assert.Single(await email.MailsAsync(anna));
        Assert.Equal($"?customer={anna}&placement=mail&limit=4&cart=T1&cart=P1", asked);
    }

    /// <summary>The key that sends events stands in the shop's pages, for anybody.</summary>
    [Fact]
    public async Task An_event_of_the_shops_pages_that_claims_to_be_an_abandoned_cart_sends_nothing()
    {
        var anna = await email.KnowsAsync();
        var lines = JsonSerializer.SerializeToElement(
            new
            {
                cart_id = "forged",
                lines = new[]
                {
                    new
                    {
                        name = "You won",
                        url = "https://evil.example/",
                        productId = "X",
                    },
                },
            }
        );
        await email.HearsAsync(
            new BehaviourBatch([new(Guid.CreateVersion7(Now), anna, "track", "cart-abandoned", null, null, lines, Now)])
        );
        await email.HearsAsync(Cart(anna, "C1"));

        var mail = Assert.Single(await email.MailsAsync(anna, "abandoned-cart"));
        Assert.Equal(["T1", "P1"], mail.Products.Take(2).Select(product => product.ProductId));
    }

    [Theory]
    [InlineData("Product Viewed", true)]
    [InlineData("Order Completed", true)]
    [InlineData("order", false)]
    [InlineData("subscribed", false)]
    [InlineData("price-dropped", false)]
    [InlineData("mail-clicked", false)]
    [InlineData("segment-entered", false)]
    [InlineData("date:birthday", false)]
    [InlineData("api:welcome-vip", false)]
    public void What_only_the_platform_says_is_not_heard_from_the_shops_pages(string name, bool isHeard) =>
        Assert.Equal(
            isHeard,
            BehaviourConsumer.ToEvent(new(Guid.CreateVersion7(Now), Guid.CreateVersion7(Now), "track", name, null, null, null, Now), null)
                is not null
        );

    [Fact]
    public async Task Two_carts_are_two_mails()
    {
        var anna = await email.KnowsAsync();
        await email.HearsAsync(Cart(anna, "C1"));
        await email.HearsAsync(Cart(anna, "C2"));

        Assert.Equal(2, (await email.MailsAsync(anna, "abandoned-cart")).Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_welcome_leaves_once_in_whatever_order_consent_and_address_come(bool addressFirst)
    {
        var anna = Guid.CreateVersion7();
        object[] events = [Profile(anna, 1, AddressOf(anna)), new ConsentChanged(anna, ConsentPurposes.EmailMarketing, true, "form", Now)];
        foreach (var message in addressFirst ? events : events.Reverse())
            await email.HearsAsync(message);
        // It has left before consent is withdrawn: that would still stop it.
        await email.SettlesAsync();
        await email.HearsAsync(Profile(anna, 2, "anna@new.example"));
        await email.HearsAsync(new ConsentChanged(anna, ConsentPurposes.EmailMarketing, false, "form", Now));
        await email.HearsAsync(new ConsentChanged(anna, ConsentPurposes.EmailMarketing, true, "form", Now));

        var mail = Assert.Single(await email.MailsAsync(anna));
        Assert.Equal(("welcome", "sent", "Anna, welcome to Tea & Co"), (mail.Automation, mail.Status, mail.Subject));
    }

    [Fact]
    public async Task Old_news_never_triggers()
    {
        var anna = await email.KnowsAsync(at: Now.AddDays(-2));
        await email.HearsAsync(Cart(anna, "C1", Now.AddDays(-2)));

        Assert.Empty(await email.MailsAsync(anna));
        Assert.Empty(await email.OutboxAsync(AddressOf(anna)));
    }

    [Fact]
    public async Task A_withdrawal_of_consent_stops_the_next_mail()
    {
        var anna = await email.KnowsAsync(at: Now.AddDays(-2));
        await email.HearsAsync(new ConsentChanged(anna, ConsentPurposes.EmailMarketing, false, "form", Now));
        await email.HearsAsync(Cart(anna, "C1"));

        var mail = Assert.Single(await email.MailsAsync(anna));
        Assert.Equal(("suppressed", "consent-withdrawn"), (mail.Status, mail.Reason));
        Assert.Empty(await email.OutboxAsync(AddressOf(anna)));
    }

    [Fact]
    public async Task A_withdrawal_while_recommendations_are_on_their_way_still_stops_the_mail()
    {
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        var anna = await email.KnowsAsync(at: Now.AddDays(-2));
        email.Others.Recommend = async _ =>
        {
            asked.TrySetResult();
            await answer.Task;
            return Results.Ok(OtherServices.Recommended("Scones"));
        };

        await email.HearsAsync(Cart(anna, "C1"));
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        await email.HearsAsync(new ConsentChanged(anna, ConsentPurposes.EmailMarketing, false, "form", Now));
        answer.SetResult();

        Assert.Equal("consent-withdrawn", Assert.Single(await email.MailsAsync(anna)).Reason);
        Assert.Empty(await email.OutboxAsync(AddressOf(anna)));
    }

    [Fact]
    public async Task An_older_consent_that_comes_late_does_not_undo_a_withdrawal()
    {
        var anna = await email.KnowsAsync(consent: false);
        await email.HearsAsync(new ConsentChanged(anna, ConsentPurposes.EmailMarketing, true, "form", Now.AddHours(-1)));
        await email.HearsAsync(Cart(anna, "C1"));

        Assert.Equal("consent-withdrawn", Assert.Single(await email.MailsAsync(anna)).Reason);
    }

    [Fact]
    public async Task An_older_profile_that_comes_late_changes_no_address()
    {
        var anna = await email.KnowsAsync(at: Now.AddDays(-2));
        await email.HearsAsync(Profile(anna, 9, $"{anna:N}@new.example"));
        await email.HearsAsync(Profile(anna, 8, "anna@older.example"));
        await email.HearsAsync(Cart(anna, "C1"));

        Assert.Single(await email.OutboxAsync($"{anna:N}@new.example"));
    }

    [Fact]
    public async Task A_cart_that_overtakes_its_customer_waits_for_the_address()
    {
        var anna = Guid.CreateVersion7();
        await email.HearsAsync(new ConsentChanged(anna, ConsentPurposes.EmailMarketing, true, "form", Now.AddDays(-2)));
        await email.HearsAsync(Cart(anna, "C1"));
        await email.HearsAsync(Profile(anna, 1, AddressOf(anna)));

        Assert.Equal("sent", Assert.Single(await email.MailsAsync(anna)).Status);
    }

    [Fact]
    public async Task Nobody_without_an_address_is_waited_for_for_ever()
    {
        var nobody = await email.KnowsAsync(address: null);
        await email.HearsAsync(Cart(nobody, "C1"));

        var mail = Assert.Single(await email.MailsAsync(nobody));
        Assert.Equal(("suppressed", "no-address"), (mail.Status, mail.Reason));
    }

    [Fact]
    public async Task When_recommendations_are_down_the_mail_leaves_with_its_fall_back()
    {
        email.Others.Recommend = _ => Task.FromResult(Results.StatusCode(503));
        var anna = await email.KnowsAsync(at: Now.AddDays(-2));
        await email.HearsAsync(Cart(anna, "C1"));

        var mail = Assert.Single(await email.MailsAsync(anna));
        Assert.Equal("sent", mail.Status);
        Assert.Equal(["T1", "P1"], mail.Products.Select(product => product.ProductId));
        var message = Assert.Single(await email.OutboxAsync(AddressOf(anna)));
        Assert.Contains("Popular in our shop", message.HtmlBody);
        Assert.Contains("Green tea", message.HtmlBody);
    }
}
