using MarketingPlatform.Contracts;
using MarketingPlatform.TestInfrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace MarketingPlatform.Gateway.Tests.Keys;

public sealed class SeedKeysTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_seed_works_from_the_first_request_and_a_restart_seeds_nothing_twice()
    {
        var database = await TestPostgres.CreateDatabaseAsync("gateway");

        for (var start = 0; start < 2; start++)
        {
            await using var host = await GatewayHost.StartAsync(database, GatewayHost.SeedsOf("the-admin-key"));
            Assert.Equal(200, await ExchangeAsync(host, "the-admin-key"));
            Assert.Equal(200, await ExchangeAsync(host, GatewayHost.Services));
            Assert.Equal(
                4,
                await host.Services.GetRequiredService<GatewayDatabase>().QuerySingleAsync<long>("select count(*) from api_keys", null, Ct)
            );
            await host.StopAsync(Ct);
        }
    }

    [Fact]
    public async Task A_changed_seed_replaces_the_one_before_and_a_seed_given_another_scope_has_that_one_only()
    {
        var database = await TestPostgres.CreateDatabaseAsync("gateway");
        await using (var host = await GatewayHost.StartAsync(database, ("Gateway:SeedKeys:admin", "the-old-key")))
        {
            Assert.Equal(200, await ExchangeAsync(host, "the-old-key"));
            await host.StopAsync(Ct);
        }
        await using (var host = await GatewayHost.StartAsync(database, ("Gateway:SeedKeys:admin", "the-new-key")))
        {
            Assert.Equal(200, await ExchangeAsync(host, "the-new-key"));
            Assert.Equal(401, await ExchangeAsync(host, "the-old-key"));
            await host.StopAsync(Ct);
        }

        await using var demoted = await GatewayHost.StartAsync(
            database,
            ("Gateway:SeedKeys:admin", "another-key"),
            ("Gateway:SeedKeys:read", "the-new-key")
        );
        Assert.Equal(200, (await GatewayHost.SendAsync(demoted, HttpMethod.Get, Routes.Keys, "Bearer another-key")).Status);
        Assert.Equal(403, (await GatewayHost.SendAsync(demoted, HttpMethod.Get, Routes.Keys, "Bearer the-new-key")).Status);
        await demoted.StopAsync(Ct);
    }

    [Fact]
    public async Task A_seed_for_an_unknown_scope_is_refused_at_start()
    {
        var database = await TestPostgres.CreateDatabaseAsync("gateway");

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            GatewayHost.StartAsync(database, ("Gateway:SeedKeys:root", "the-key"))
        );

        Assert.Contains("Gateway:SeedKeys", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<int> ExchangeAsync(Microsoft.AspNetCore.Builder.WebApplication host, string key) =>
        (await GatewayHost.SendAsync(host, HttpMethod.Post, Routes.Token, "Bearer " + key)).Status;
}
