using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.TestInfrastructure;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Privacy;

public sealed class EraseCustomerTests(Shop shop)
{
    private static readonly IReadOnlyList<string> Others = Subscriptions.ByEvent[typeof(CustomerErased)];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_of_an_erased_person_is_left_and_the_request_is_complete_when_every_service_has_answered()
    {
        var (person, words) = await SomebodyWhoDidEverythingAsync();
        var (bystander, _) = await SomebodyWhoDidEverythingAsync();
        var ofBystander = await RowsOf(bystander);
        Assert.NotEmpty(await FindAsync(words));

        var request = await ErasesAsync(person);

        Assert.Equal("running", (string?)request["state"]);
        Assert.Equal(Others.Order(), request["waitingFor"]!.AsArray().Select(service => (string)service!).Order());
        var own = request["receipts"]!.AsArray().Single()!;
        Assert.Equal("customers", (string?)own["service"]);
        Assert.Superset(
            new HashSet<string> { "customers", "identifiers", "events", "consents", "carts", "orders", "refunds", "merges", "rejections" },
            own["tables"]!.AsArray().Select(table => (string)table!["table"]!).ToHashSet()
        );
        var erased = Assert.Single(await shop.Published<CustomerErased>(person));
        Assert.Equal(((Guid)request["id"]!, 2), (erased.RequestId!.Value, erased.Ids!.Count));
        Assert.Contains(person, erased.Ids);

        foreach (var service in Others)
        {
            Assert.Equal("running", (string?)(await RequestAsync(request))["state"]);
            var receipt = new ErasureReceipt((Guid)request["id"]!, service, [new TableRows("things", 3)], Shop.Start);
            await shop.Hears(receipt);
            await shop.Hears(receipt);
        }
        var complete = await RequestAsync(request);
        Assert.Equal(("complete", Others.Count + 1), ((string?)complete["state"], complete["receipts"]!.AsArray().Count));

        await EventuallyAsync(async () => (await FindAsync([.. words, .. erased.Ids.Select(id => id.ToString())])).Count == 0);
        Assert.Equal(ofBystander, await RowsOf(bystander));
    }

    [Fact]
    public async Task What_happened_before_the_erasure_and_comes_late_is_dropped_and_counted_and_what_happens_later_is_somebody_new()
    {
        var (user, browser) = (Shop.NewId("ann"), Shop.NewId("browser"));
        var phone = "+49 171 " + string.Concat(Guid.CreateVersion7().ToString().Where(char.IsAsciiDigit))[^8..];
        await shop.Sends(Shop.Identify(user, browser, new { email = user + "@shop.test", phone }));
        var person = await shop.CustomerOf(user);
        var request = await ErasesAsync(person);

        await shop.Sends(
            Shop.Track("Product Viewed", user, at: Shop.Start.AddDays(-1)),
            Shop.Track("Product Viewed", null, browser, at: Shop.Start.AddDays(-1)),
            Shop.Identify(Shop.NewId("other"), null, new { email = (user + "@shop.test").ToUpperInvariant() }, at: Shop.Start.AddDays(-1)),
            Shop.Identify(
                Shop.NewId("other"),
                null,
                new { phone = phone.Replace("+", "00", StringComparison.Ordinal) },
                at: Shop.Start.AddDays(-1)
            )
        );
        Assert.Empty(await FindAsync([user, browser, phone.Replace(" ", "", StringComparison.Ordinal)]));
        Assert.Equal(4, (long)(await RequestAsync(request))["lateEvents"]!);

        // The client's own repetition of the same is dropped as well; a stranger's call in between is not.
        var stranger = Shop.NewId("stranger");
        await shop.Sends(
            Shop.Track("Product Viewed", user, at: Shop.Start.AddDays(-1)),
            Shop.Track("Product Viewed", stranger, at: Shop.Start.AddDays(-1))
        );
        await shop.CustomerOf(stranger);
        Assert.Equal(5, (long)(await RequestAsync(request))["lateEvents"]!);

        await shop.Sends(Shop.Track("Product Viewed", user, at: Shop.Start.AddSeconds(5)));
        Assert.NotEqual(person, await shop.CustomerOf(user));
    }

    [Fact]
    public async Task Old_orders_of_an_erased_person_do_not_come_back_with_a_file()
    {
        var user = Shop.NewId("ann");
        await shop.Sends(Shop.Identify(user));
        await ErasesAsync(await shop.CustomerOf(user));

        using var file = new StringContent($"order,customer,date,product,quantity,price\n{user}-1,{user},2025-05-01,tea,1,5\n");
        file.Headers.ContentType = new("text/csv");
        using var answer = await shop.Http.PostAsync(new Uri("/api/v1/imports?kind=orders", UriKind.Relative), file, Ct);
        var report = await answer.Content.ReadAsStringAsync(Ct);

        Assert.True(answer.IsSuccessStatusCode, report);
        Assert.Contains("person-erased", report, StringComparison.Ordinal);
        Assert.Empty(await FindAsync([user]));
    }

    [Fact]
    public async Task Messages_that_wait_lose_the_person_and_keep_the_others()
    {
        var (user, neighbour) = (Shop.NewId("ann"), Shop.NewId("bob"));
        await shop.Sends(Shop.Identify(user, traits: new { phone = "+49 170 1" + user }));
        var person = await shop.CustomerOf(user);
        await shop.Db.ExecuteAsync(
            """
            insert into platform.failed_messages (id, consumer, message_id, type, body, sent_at, reason, attempts, failed_at)
            select gen_random_uuid(), 'customers-marketing.in', gen_random_uuid(), 'RawMessage', body, now(), 'test', 1, now()
            from unnest(@Bodies::text[]) as b (body)
            """,
            new
            {
                Bodies = new[]
                {
                    $$"""{"routingKey":"track","body":"{\u0022userId\u0022:\u0022{{user}}\u0022}"}""",
                    $$"""{"routingKey":"batch","body":"{\u0022batch\u0022:[{\u0022userId\u0022:\u0022{{user}}\u0022},{\u0022userId\u0022:\u0022{{neighbour}}\u0022}]}"}""",
                    $$"""{"events":[{"customerId":"{{person}}"},{"name":"{{neighbour}}"}]}""",
                },
            },
            Ct
        );

        await ErasesAsync(person);

        Assert.Equal(
            2,
            await shop.Db.QuerySingleAsync<long>(
                "select count(*) from platform.failed_messages where body like '%' || @neighbour || '%'",
                new { neighbour },
                Ct
            )
        );
        await EventuallyAsync(async () => (await FindAsync([user])).Count == 0);
    }

    [Fact]
    public async Task To_ask_again_by_any_id_of_the_person_leads_to_the_same_request()
    {
        var (user, browser) = (Shop.NewId("ann"), Shop.NewId("browser"));
        await shop.Sends(Shop.Identify(user), Shop.Track("Product Viewed", null, browser));
        var visitor = await shop.CustomerOf(browser);
        await shop.Sends(Shop.Identify(user, browser));
        var person = await shop.CustomerOf(user);

        var first = await ErasesAsync(visitor);
        var again = await ErasesAsync(person);

        Assert.Equal((Guid)first["id"]!, (Guid)again["id"]!);
        Assert.Single(await shop.Published<CustomerErased>(person));
        var seen = await shop.Http.GetFromJsonAsync<JsonObject>($"/api/v1/customers/{visitor}/erasure", Ct);
        Assert.Equal((Guid)first["id"]!, (Guid)seen!["id"]!);
    }

    [Fact]
    public async Task Nobody_can_be_erased_twice_or_by_the_wrong_key()
    {
        using var unknown = await shop.Http.PostAsync(
            new Uri($"/api/v1/customers/{Guid.CreateVersion7()}/erasure", UriKind.Relative),
            null,
            Ct
        );
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);

        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/customers/{Guid.CreateVersion7()}/erasure");
        request.Headers.Authorization = new("Bearer", shop.TokenFor(Scope.Write));
        using var refused = await shop.Http.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    private async Task<(Guid Person, string[] Words)> SomebodyWhoDidEverythingAsync()
    {
        var (user, browser) = (Shop.NewId("Zephyrine"), Shop.NewId("browser"));
        string[] words = [user, browser, $"mail-{user}@shop.test", $"+49 170 {user}", $"First{user}", $"Last{user}"];
        var order = Shop.NewId("order");
        await shop.Sends(
            Shop.Identify(
                user,
                null,
                new
                {
                    email = words[2],
                    phone = words[3],
                    firstName = words[4],
                    lastName = words[5],
                },
                new { email_marketing = true }
            ),
            Shop.Track(
                "Order Completed",
                user,
                null,
                new
                {
                    order_id = order,
                    total = 5,
                    email = words[2],
                }
            ),
            Shop.Track("Order Refunded", user, null, new { order_id = order }),
            Shop.Track(
                "Product Added",
                null,
                browser,
                new
                {
                    product_id = "a",
                    price = 5,
                    note = words[4],
                }
            )
        );
        // Known and unknown become one; a call that cannot be used is kept as it came.
        var nameless = Shop.Track("x", user);
        nameless.Remove("event");
        await shop.Sends(Shop.Identify(user, browser), nameless);
        return (await shop.CustomerOf(user), words);
    }

    private async Task<JsonNode> ErasesAsync(Guid customer)
    {
        using var answer = await shop.Http.PostAsync(new Uri($"/api/v1/customers/{customer}/erasure", UriKind.Relative), null, Ct);
        var body = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, body);
        var request = JsonNode.Parse(body)!;
        Assert.Equal($"/api/v1/privacy/requests/{request["id"]}", answer.Headers.Location!.OriginalString);
        return request;
    }

    private async Task<JsonObject> RequestAsync(JsonNode request) =>
        (await shop.Http.GetFromJsonAsync<JsonObject>($"/api/v1/privacy/requests/{request["id"]}", Ct))!;

    private Task<IReadOnlyList<string>> FindAsync(IEnumerable<string> words) =>
        TraceSearch.FindAsync(shop.ConnectionString, words, Ct, "test");

    private async Task<string> RowsOf(Guid customer)
    {
        var counts = new List<string>();
        foreach (var table in new[] { "identifiers", "events", "consents", "carts", "cart_touches", "orders", "refunds" })
            counts.Add($"{table} {await shop.Count(table, customer)}");
        return string.Join(", ", counts);
    }

    private static async Task EventuallyAsync(Func<Task<bool>> isTrue)
    {
        // What was just published leaves the outbox a moment later.
        for (var i = 0; i < 100 && !await isTrue(); i++)
            await Task.Delay(100, Ct);
        Assert.True(await isTrue());
    }
}
