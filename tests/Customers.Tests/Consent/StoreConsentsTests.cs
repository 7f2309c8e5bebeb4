using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Email;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Consent;

public sealed class StoreConsentsTests(Shop shop)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_repeated_statement_adds_nothing_and_an_older_one_changes_nothing()
    {
        var ann = Shop.NewId("ann");
        await shop.Sends(Shop.Identify(ann, consent: new { email_marketing = true }, at: Shop.Start.AddMinutes(-5)));
        await shop.Sends(Shop.Identify(ann, consent: new { email_marketing = true }, at: Shop.Start.AddMinutes(-4)));
        await shop.Sends(Shop.Identify(ann, consent: new { email_marketing = false }, at: Shop.Start.AddMinutes(-6)));

        var customer = await shop.CustomerOf(ann);
        Assert.Equal([false, true], await Ledger(customer));
        Assert.True(Assert.Single(await shop.Published<ConsentChanged>(customer)).Granted);
    }

    [Fact]
    public async Task A_refusal_in_the_batch_of_a_permission_is_not_lost()
    {
        // Calls without a time of their own happened when their batch came.
        var ann = Shop.NewId("ann");
        await shop.Sends(
            Shop.Identify(ann, consent: new { email_marketing = true }),
            Shop.Identify(ann, consent: new { email_marketing = false })
        );

        var last = (await shop.Published<ConsentChanged>(await shop.CustomerOf(ann)))[^1];
        Assert.False(last.Granted);
    }

    [Fact]
    public async Task A_repeated_refusal_outlives_a_permission_that_comes_late()
    {
        var ann = Shop.NewId("ann");
        await shop.Sends(Shop.Identify(ann, consent: new { email_marketing = false }, at: Shop.Start.AddMinutes(-9)));
        await shop.Sends(Shop.Identify(ann, consent: new { email_marketing = false }, at: Shop.Start.AddMinutes(-5)));
        await shop.Sends(Shop.Identify(ann, consent: new { email_marketing = true }, at: Shop.Start.AddMinutes(-7)));

        var published = await shop.Published<ConsentChanged>(await shop.CustomerOf(ann));
        Assert.False(published.OrderBy(change => change.At).Last().Granted);
    }

    [Fact]
    public async Task An_unsubscribe_enters_the_ledger_even_under_an_old_id()
    {
        var (ann, browser) = (Shop.NewId("ann"), Shop.NewId("browser"));
        await shop.Sends(
            Shop.Identify(ann, consent: new { email_marketing = true }, at: Shop.Start.AddDays(-1)),
            Shop.Track("x", null, browser)
        );
        var visitor = await shop.CustomerOf(browser);
        await shop.Sends(Shop.Identify(ann, browser));
        var customer = await shop.CustomerOf(ann);

        await shop.Hears(new EmailUnsubscribed(visitor, "ann@x.example", Guid.CreateVersion7(), "one-click", Shop.Start));

        Assert.Equal([true, false], await Ledger(customer));
        var change = (await shop.Published<ConsentChanged>(customer))[^1];
        Assert.Equal(new ConsentChanged(customer, ConsentPurposes.EmailMarketing, false, "one-click", Shop.Start), change);
    }

    [Fact]
    public async Task A_consent_given_elsewhere_is_recorded()
    {
        var ann = Shop.NewId("ann");
        await shop.Sends(Shop.Identify(ann));
        var customer = await shop.CustomerOf(ann);

        Assert.Equal(
            HttpStatusCode.NoContent,
            (
                await Post(
                    customer,
                    new
                    {
                        purpose = "chat",
                        granted = true,
                        source = "call",
                    }
                )
            ).Status
        );
        Assert.Equal(
            new ConsentChanged(customer, "chat", true, "call", Shop.Start),
            Assert.Single(await shop.Published<ConsentChanged>(customer))
        );
        Assert.Equal(
            HttpStatusCode.NotFound,
            (
                await Post(
                    Guid.CreateVersion7(),
                    new
                    {
                        purpose = "chat",
                        granted = true,
                        source = "call",
                    }
                )
            ).Status
        );
    }

    [Fact]
    public async Task A_consent_under_an_old_id_is_the_persons()
    {
        var (ann, browser) = (Shop.NewId("ann"), Shop.NewId("browser"));
        await shop.Sends(Shop.Identify(ann), Shop.Track("x", null, browser));
        var visitor = await shop.CustomerOf(browser);
        await shop.Sends(Shop.Identify(ann, browser));

        Assert.Equal(
            HttpStatusCode.NoContent,
            (
                await Post(
                    visitor,
                    new
                    {
                        purpose = "chat",
                        granted = true,
                        source = "call",
                    }
                )
            ).Status
        );
        Assert.Equal([true], await Ledger(await shop.CustomerOf(ann)));
    }

    [Fact]
    public async Task A_till_whose_clock_runs_ahead_a_little_is_understood()
    {
        var ann = Shop.NewId("ann");
        await shop.Sends(Shop.Identify(ann));
        var customer = await shop.CustomerOf(ann);
        var said = new
        {
            purpose = "chat",
            granted = true,
            source = "till",
            at = Shop.Start.AddSeconds(40),
        };
        Assert.Equal(HttpStatusCode.NoContent, (await Post(customer, said)).Status);
        Assert.Equal(Shop.Start, Assert.Single(await shop.Published<ConsentChanged>(customer)).At);
    }

    [Fact]
    public async Task Every_bad_field_of_a_consent_is_named()
    {
        var (status, problem) = await Post(
            Guid.CreateVersion7(),
            new
            {
                purpose = "spam",
                source = "a\0b",
                at = Shop.Start.AddMinutes(6),
            }
        );
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(["at", "granted", "purpose", "source"], problem!["errors"]!.AsObject().Select(error => error.Key).Order());
    }

    private async Task<(HttpStatusCode Status, JsonObject? Problem)> Post(Guid customer, object consent)
    {
        using var response = await shop.Http.PostAsJsonAsync($"/api/v1/customers/{customer}/consents", consent, Ct);
        return (response.StatusCode, response.IsSuccessStatusCode ? null : await response.Content.ReadFromJsonAsync<JsonObject>(Ct));
    }

    private Task<IReadOnlyList<bool>> Ledger(Guid customer) =>
        shop.Db.QueryAsync<bool>("select granted from consents where customer_id = @customer order by at", new { customer }, Ct);
}
