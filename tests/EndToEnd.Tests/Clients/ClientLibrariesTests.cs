using System.Net;
using System.Text.Json;

namespace MarketingPlatform.EndToEnd.Tests.Clients;

/// <summary>Libraries that shops already run, from npm and unmodified: they change a host name, not their code.</summary>
[Collection(StandalonePlatform.Shared)]
[Trait("Category", "Clients")]
public sealed class ClientLibrariesTests(StandalonePlatform platform)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("@segment/analytics-node")]
    [InlineData("analytics-node")]
    [InlineData("@rudderstack/rudder-sdk-node")]
    public async Task Every_call_arrives_with_its_fields_and_once_also_when_the_client_repeats_it(string library)
    {
        var folder = await NodePackages.InstallAsync(Ct);
        await using var door = await FlakyDoor.OpenAsync(platform.Door, Ct);
        var user = library.Replace("@", "", StringComparison.Ordinal).Replace('/', '-');

        var ran = await Programs.RunAsync("node", ["calls.cjs", library, platform.KeyOf("collect"), door.Address, user], folder, Ct);

        Assert.True(ran!.Value.Code == 0, ran.Value.Printed);
        Assert.True(door.Answers.Count >= 2, "the client repeated nothing");
        Assert.All(door.Answers, answer => Assert.Equal(HttpStatusCode.OK, answer));
        var events = await EventsOfAsync(user);
        Assert.Equal(["alias", "group", "identify", "page", "screen", "track"], events.Keys.Order());
        Assert.Equal("pro", events["identify"].Properties.GetProperty("plan").GetString());
        Assert.Equal("Zürich", events["identify"].Properties.GetProperty("address").GetProperty("city").GetString());
        Assert.Equal(("Order Completed", 7.5), (events["track"].Name, PriceOf(events["track"])));
        Assert.Equal(("Home", "https://shop.example/"), (events["page"].Name, events["page"].Properties.GetProperty("url").GetString()));
        Assert.Equal(("Basket", 3), (events["screen"].Name, events["screen"].Properties.GetProperty("items").GetInt32()));
        Assert.Equal("gold", events["group"].Properties.GetProperty("tier").GetString());
        Assert.All(events.Values, e => Assert.InRange(e.SecondsAgo, 55, 300));
        // What they say is understood, not only stored.
        Assert.Equal(
            $"{user}@shop.test Grâce order-{user} 15.00 True",
            await platform.AskAsync<string>(
                "customers",
                $"""
                select c.email || ' ' || c.first_name || ' ' || o.order_id || ' ' || round(o.total, 2) || ' ' ||
                    (select initcap(granted::text) from consents k where k.customer_id = c.id and purpose = 'email_marketing')
                from customers c join orders o on o.customer_id = c.id where c.user_id = '{user}'
                """
            )
        );
        Assert.Equal(
            1,
            await platform.AskAsync<long>(
                "customers",
                $"select count(distinct customer_id) from identifiers where value in ('{user}', 'browser-of-{user}', 'old-{user}')"
            )
        );
    }

    private static double PriceOf(Event track) => track.Properties.GetProperty("products")[0].GetProperty("price").GetDouble();

    /// <summary>By kind; fails where a kind is there twice.</summary>
    private async Task<Dictionary<string, Event>> EventsOfAsync(string user) =>
        JsonSerializer
            .Deserialize<Event[]>(
                await platform.AskAsync<string>(
                    "customers",
                    $"""
                    select jsonb_agg(jsonb_build_object('kind', kind, 'name', name, 'properties', coalesce(properties, 'null'),
                        'secondsAgo', extract(epoch from received_at - at)))::text
                    from events where customer_id = (select customer_id from identifiers where kind = 'user_id' and value = '{user}')
                    """
                ),
                JsonSerializerOptions.Web
            )!
            .ToDictionary(e => e.Kind);

    private sealed record Event(string Kind, string? Name, JsonElement Properties, double SecondsAgo);
}
