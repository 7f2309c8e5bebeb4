using MarketingPlatform.Cli.Api;
using MarketingPlatform.Platform.CommandLine;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Api;

public sealed class PlatformApiTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_platform_the_message_says_to_start_one()
    {
        int free;
        string data;
        await using (var gone = await FakePlatform.StartAsync(_ => Task.CompletedTask))
        {
            (free, data) = (gone.Port, gone.Data);
            using var api = gone.Connect(TimeProvider.System);
            await api.EnsureHealthyAsync(Stop);
        }
        Directory.CreateDirectory(data);
        await File.WriteAllTextAsync(Path.Combine(data, "keys.json"), """{"collect":"a","read":"b","write":"c","admin":"d"}""", Stop);

        using var late = PlatformApi.Connect(free, data, TimeProvider.System);
        var failure = await Assert.ThrowsAsync<CommandException>(() => late.EnsureHealthyAsync(Stop));

        Assert.Contains("./marketing up", failure.Message, StringComparison.Ordinal);
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task An_unhealthy_platform_is_quoted()
    {
        await using var platform = await FakePlatform.StartAsync(async context =>
        {
            context.Response.StatusCode = 503;
            await context.Response.WriteAsync("email-db: connection refused");
        });
        using var api = platform.Connect(TimeProvider.System);

        var failure = await Assert.ThrowsAsync<CommandException>(() => api.EnsureHealthyAsync(Stop));

        Assert.Contains("email-db: connection refused", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_keys_are_explained()
    {
        var failure = Assert.Throws<CommandException>(() => PlatformKeys.LoadFrom("/nowhere/at/all"));

        Assert.Contains("--data", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_told_once_in_the_words_of_the_platform()
    {
        var calls = 0;
        await using var platform = await FakePlatform.StartAsync(async context =>
        {
            calls++;
            context.Response.StatusCode = 400;
            await context.Response.WriteAsync("""{"title":"Invalid","detail":"The currency is unknown.","errors":{"currency":["XXX"]}}""");
        });
        using var api = platform.Connect(TimeProvider.System);

        var failure = await Assert.ThrowsAsync<CommandException>(() =>
            api.PostAsync("/api/v1/products", () => new StringContent("{}"), Stop)
        );

        Assert.Contains("The currency is unknown.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("XXX", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task A_platform_that_keeps_hanging_up_is_not_asked_for_minutes()
    {
        var calls = 0;
        await using var platform = await FakePlatform.StartAsync(context =>
        {
            calls++;
            context.Abort();
            return Task.CompletedTask;
        });
        using var api = platform.Connect(new EagerTime());

        await Assert.ThrowsAsync<CommandException>(() => api.GetAsync("/api/v1/segments", Stop));

        Assert.Equal(4, calls);
    }

    [Fact]
    public async Task A_platform_that_is_being_started_again_is_waited_for()
    {
        var clock = new EagerTime();
        var platform = await FakePlatform.StartAsync(_ => Task.CompletedTask);
        using var api = platform.Connect(clock);
        await platform.DisposeAsync();

        await Assert.ThrowsAsync<CommandException>(() => api.GetAsync("/api/v1/segments", Stop));

        Assert.InRange(clock.Waits.Count, 50, 100);
    }
}
