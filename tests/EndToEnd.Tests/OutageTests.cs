namespace MarketingPlatform.EndToEnd.Tests;

/// <summary>The broker and the database go away and come back: the platform says so, waits, and loses nothing.</summary>
public sealed class OutageTests(PlatformOnServersOfItsOwn platform) : IClassFixture<PlatformOnServersOfItsOwn>
{
    private const int Unhealthy = 503;

    [Fact]
    public async Task Ten_thousand_events_around_a_restart_of_the_broker_all_arrive_once_in_effect()
    {
        const int shoppers = 2500;
        const int shoppersInARequest = 125;
        const string tag = "restart-";
        var requests = Enumerable.Range(0, shoppers).Chunk(shoppersInARequest).ToArray();

        // Four events each: signs up, views, puts into the cart, orders.
        foreach (var numbers in requests[..(requests.Length / 2)])
            await platform.CollectsInTheEndAsync(numbers.SelectMany(number => Shopper(tag + number)));
        await RunningPlatform.EventuallyAsync(
            "the first orders have arrived",
            async () => await platform.AskAsync<long>("segmentation", "select count(*) from orders") > 0
        );
        await platform.Rabbit.StopAsync();
        foreach (var numbers in requests[(requests.Length / 2)..])
            await platform.CollectsInTheEndAsync(numbers.SelectMany(number => Shopper(tag + number)));
        Assert.True(await platform.AskAsync<long>("segmentation", $"select count(*) from orders where order_id like '{tag}%'") < shoppers);
        await platform.Rabbit.StartAgainAsync(TestContext.Current.CancellationToken);

        await ServiceKillTests.EverythingArrivedOnceAsync(platform, tag, shoppers);
        await NothingIsLeftOverAsync();
    }

    [Fact]
    public async Task Without_the_broker_services_start_take_events_say_what_is_missing_and_deliver_once_it_is_back()
    {
        await platform.Rabbit.KillAsync();
        await platform.KillUntilReplacedAsync("email");
        await platform.KillUntilReplacedAsync("customers");

        await SaysAsync("email", "rabbitmq");
        await platform.CollectsInTheEndAsync(Shop.SignsUp("patient", "patient@shop.test", Now));
        await SaysAsync("customers", "rabbitmq");
        Assert.Empty(platform.Welcomed("patient@"));
        await platform.Rabbit.StartAgainAsync(TestContext.Current.CancellationToken);

        await EverybodyIsHealthyAsync();
        await platform.EventuallySendsAsync("patient@shop.test", "welcome");
        Assert.Single(platform.Welcomed("patient@"));
        await NothingIsLeftOverAsync();
    }

    [Fact]
    public async Task Without_the_database_services_start_refuse_events_say_what_is_missing_and_go_on_once_it_is_back()
    {
        const int before = 100;
        for (var number = 0; number < before; number++)
            await platform.CollectsInTheEndAsync(Shop.SignsUp($"early-{number}", $"early-{number}@shop.test", Now));
        // Events are on their way everywhere.
        await platform.StopPostgresAsync();
        await platform.KillUntilReplacedAsync("email");

        foreach (var service in platform.Services.Keys)
            await SaysAsync(service, "database server");
        Assert.False(await platform.CollectsAsync(Shop.SignsUp("late", "late@shop.test", Now)));
        await platform.StartPostgresAsync();

        await EverybodyIsHealthyAsync();
        await platform.CollectsInTheEndAsync(Shop.SignsUp("late", "late@shop.test", Now));
        await platform.EventuallySendsAsync("late@shop.test", "welcome");
        await RunningPlatform.EventuallyAsync("everybody is welcomed", () => Task.FromResult(platform.Welcomed("early-").Count >= before));
        Assert.Equal(before, platform.Welcomed("early-").Distinct().Count());
        Assert.Equal(before, platform.Welcomed("early-").Count);
        await NothingIsLeftOverAsync();
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    // No consent: this is about events, and thousands of welcomes would only take time.
    private static IEnumerable<object> Shopper(string name) =>
        [
            Shop.SignsUp(name, name + "@shop.test", Now, consents: false),
            Shop.Views(name, "p1", Now),
            Shop.AddsToCart(name, name, "p1", "Blue kettle", Now),
            Shop.Orders(name, name, Now, "p1"),
        ];

    private async Task SaysAsync(string service, string cause)
    {
        (int Status, string Says)? health = null;
        try
        {
            await RunningPlatform.EventuallyAsync(
                $"{service} says that {cause} is missing",
                async () =>
                    (health = await platform.HealthAsync(platform.Services[service].Address)) is (Unhealthy, var says)
                    && says.Contains(cause, StringComparison.Ordinal)
            );
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{service} should say that {cause} is missing; it says {health}");
        }
    }

    private async Task EverybodyIsHealthyAsync()
    {
        foreach (var service in platform.Services)
            await RunningPlatform.EventuallyAsync(
                $"{service.Key} is healthy again",
                async () => await platform.HealthAsync(platform.Services[service.Key].Address) is (200, _)
            );
    }

    private async Task NothingIsLeftOverAsync()
    {
        foreach (var database in Standalone.Services.Databases.Values)
            await ServiceKillTests.NothingIsLeftOverAsync(platform, database);
        Assert.Equal("", await platform.GivenUpMessagesAsync());
    }
}
