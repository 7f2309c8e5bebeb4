using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers.Privacy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Privacy;

public sealed class ExportCustomerTests(Shop shop)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_export_has_the_rows_of_every_service_and_can_be_fetched_when_all_have_answered()
    {
        var user = Shop.NewId("ann");
        await shop.Sends(Shop.Identify(user, null, new { email = user + "@shop.test" }), Shop.Track("Product Viewed", user));
        var customer = await shop.CustomerOf(user);

        var request = await AsksAsync(customer);
        Assert.Equal("running", (string?)request["state"]);
        Assert.Equal(request["id"]!.ToString(), (await AsksAsync(customer))["id"]!.ToString());
        var asked = Assert.Single(await shop.Published<CustomerExportRequested>(customer));
        Assert.Equal(HttpStatusCode.Conflict, (await DownloadAsync(request)).Status);

        foreach (var service in Subscriptions.ByEvent[typeof(CustomerExportRequested)])
        {
            await shop.Hears(Part(asked, service, 2, "b"));
            await shop.Hears(Part(asked, service, 1, "a"), Part(asked, service, 2, "b"));
        }
        var (status, document) = await DownloadAsync(request);

        Assert.Equal(HttpStatusCode.OK, status);
        var services = document!["services"]!;
        Assert.Equal("a", (string?)services["email"]!["things"]!.AsArray().Select(row => row!["name"]).First());
        Assert.Equal(2, services["email"]!["things"]!.AsArray().Count);
        Assert.Equal(user + "@shop.test", (string?)services["customers"]!["customers"]![0]!["email"]);
        Assert.Equal(2, services["customers"]!["events"]!.AsArray().Count);
    }

    [Fact]
    public async Task An_export_is_gone_when_its_person_was_erased_and_parts_that_come_late_are_not_kept()
    {
        var user = Shop.NewId("ann");
        await shop.Sends(Shop.Identify(user));
        var customer = await shop.CustomerOf(user);
        var request = await AsksAsync(customer);
        var asked = Assert.Single(await shop.Published<CustomerExportRequested>(customer));

        using var erased = await shop.Http.PostAsync(new Uri($"/api/v1/customers/{customer}/erasure", UriKind.Relative), null, Ct);
        await shop.Hears(Part(asked, "email", 1, user), Part(asked, "email", 2, user));

        Assert.Equal(HttpStatusCode.Conflict, (await DownloadAsync(request)).Status);
        Assert.Empty(
            await shop.Db.QueryAsync<string>(
                "select service from exported_parts where request_id = @Id",
                new { Id = (Guid)request["id"]! },
                Ct
            )
        );
    }

    [Fact]
    public async Task An_export_that_lay_long_enough_is_deleted()
    {
        var user = Shop.NewId("ann");
        await shop.Sends(Shop.Identify(user));
        var request = await AsksAsync(await shop.CustomerOf(user));
        await shop.Db.ExecuteAsync(
            "update privacy_requests set requested_at = requested_at - interval '31 days' where id = @Id",
            new { Id = (Guid)request["id"]! },
            Ct
        );

        await shop.Services.GetServices<IHostedService>().OfType<PrivacyUpkeep>().Single().DeleteOldExportsAsync(Ct);

        Assert.Equal(HttpStatusCode.Conflict, (await DownloadAsync(request)).Status);
        Assert.Equal(
            0,
            await shop.Db.QuerySingleAsync<long>(
                "select count(*) from exported_parts where request_id = @Id",
                new { Id = (Guid)request["id"]! },
                Ct
            )
        );
    }

    private static CustomerExported Part(CustomerExportRequested asked, string service, int part, string name) =>
        new(asked.RequestId, service, part, 2, [new("things", [JsonSerializer.SerializeToElement(new { name })])]);

    private async Task<JsonNode> AsksAsync(Guid customer)
    {
        using var answer = await shop.Http.PostAsync(new Uri($"/api/v1/customers/{customer}/export", UriKind.Relative), null, Ct);
        var body = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, body);
        return JsonNode.Parse(body)!;
    }

    private async Task<(HttpStatusCode Status, JsonObject? Document)> DownloadAsync(JsonNode request)
    {
        using var answer = await shop.Http.GetAsync(new Uri($"/api/v1/privacy/requests/{request["id"]}/export", UriKind.Relative), Ct);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonObject>(Ct));
    }
}
