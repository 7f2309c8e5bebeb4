using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MarketingPlatform.Contracts.Customers;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Consent;

public sealed class SuppressionsTests(Shop shop)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refusal_survives_erasure_and_the_list_that_is_imported_again()
    {
        var ann = Shop.NewId("ann");
        var email = $"{ann}@shop.example";
        await shop.Sends(Shop.Identify(ann, null, new { email }, new { email_marketing = false }, Shop.Start.AddDays(-2)));
        var first = await shop.CustomerOf(ann);
        using (var erased = await shop.Http.PostAsync($"/api/v1/customers/{first}/erasure", null, Ct))
            Assert.Equal(HttpStatusCode.Accepted, erased.StatusCode);

        await Import($"customer_id,email,email_consent\nagain-{ann},{email.ToUpperInvariant()},yes\n");
        var second = await shop.CustomerOf("again-" + ann);
        Assert.NotEqual(first, second);
        Assert.Equal(0, await shop.Count("consents", second));
        Assert.Empty(await shop.Published<ConsentChanged>(second));

        // In person and later, the customer may.
        await shop.Sends(Shop.Identify("again-" + ann, null, null, new { email_marketing = true }));
        Assert.True(Assert.Single(await shop.Published<ConsentChanged>(second)).Granted);
        await Import($"customer_id,email,email_consent\nagain-{ann},{email},yes\n");
        Assert.Single(await shop.Published<ConsentChanged>(second));
    }

    [Fact]
    public async Task A_permission_of_before_the_refusal_that_comes_under_another_id_is_too_old()
    {
        var ann = Shop.NewId("ann");
        var email = $"{ann}@shop.example";
        await shop.Sends(Shop.Identify(ann, null, new { email }, new { email_marketing = false }, Shop.Start.AddDays(-2)));
        await shop.Sends(
            Shop.Identify(ann + "-2", null, new { email }, new { email_marketing = true, chat = true }, Shop.Start.AddDays(-3))
        );

        var said = await shop.Published<ConsentChanged>(await shop.CustomerOf(ann + "-2"));
        Assert.Equal(["chat"], said.Select(change => change.Purpose));
    }

    [Fact]
    public async Task Nothing_that_is_kept_names_the_address()
    {
        var ann = Shop.NewId("ann");
        await shop.Sends(Shop.Identify(ann, null, new { email = $"{ann}@shop.example" }, new { email_marketing = false }));
        var rows = await shop.Db.QueryAsync<string>("select row_to_json(s)::text from suppressions s", null, Ct);
        Assert.NotEmpty(rows);
        Assert.DoesNotContain(rows, row => row.Contains(ann, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_ledger_keeps_every_statement_with_its_evidence()
    {
        var ann = Shop.NewId("ann");
        await shop.Sends(Shop.Identify(ann));
        var customer = await shop.CustomerOf(ann);
        using (
            var given = await shop.Http.PostAsJsonAsync(
                $"/api/v1/customers/{customer}/consents",
                new
                {
                    purpose = "email_marketing",
                    granted = true,
                    source = "till 3",
                    textVersion = "2026-01",
                    ip = "192.0.2.7",
                    token = "receipt 88",
                    at = Shop.Start.AddHours(-2),
                },
                Ct
            )
        )
            Assert.Equal(HttpStatusCode.NoContent, given.StatusCode);
        await shop.Sends(Shop.Identify(ann, null, null, new { email_marketing = false }));

        var ledger = (await shop.Http.GetFromJsonAsync<JsonObject>($"/api/v1/customers/{customer}/consents", Ct))!["items"]!.AsArray();
        Assert.Equal([(false, "identify"), (true, "till 3")], ledger.Select(s => ((bool)s!["granted"]!, (string)s["source"]!)));
        Assert.Equal(
            ("2026-01", "192.0.2.7", "receipt 88"),
            ((string)ledger[1]!["textVersion"]!, (string)ledger[1]!["ip"]!, (string)ledger[1]!["token"]!)
        );
    }

    private async Task Import(string csv)
    {
        using var content = new StringContent(csv, Encoding.UTF8, "text/csv");
        using var answer = await shop.Http.PostAsync("/api/v1/imports?kind=customers", content, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }
}
