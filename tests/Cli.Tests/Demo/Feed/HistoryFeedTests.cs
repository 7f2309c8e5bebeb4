using System.Collections.Concurrent;
using MarketingPlatform.Cli.Api;
using MarketingPlatform.Cli.Demo.Feed;
using MarketingPlatform.Cli.Demo.Shop;
using MarketingPlatform.Cli.Progress;
using MarketingPlatform.Platform.CommandLine;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Demo.Feed;

public sealed class HistoryFeedTests
{
    private readonly EagerTime _clock = new();
    private readonly ShopHistory _history;

    public HistoryFeedTests() => _history = new ShopHistory(Catalogue.Generate(1), 1, 60, _clock.GetUtcNow());

    [Fact]
    public async Task A_busy_platform_gets_every_event_after_the_pause_it_asked_for()
    {
        var received = new ConcurrentDictionary<string, int>();
        var requests = 0;
        await using var platform = await FakePlatform.StartAsync(async context =>
        {
            Assert.Equal("/v1/batch", context.Request.Path.Value);
            Assert.Equal(FakePlatform.Basic("mp_collect"), context.Request.Headers.Authorization.ToString());
            switch (Interlocked.Increment(ref requests))
            {
                case 2:
                    context.Response.StatusCode = 429;
                    context.Response.Headers.RetryAfter = "7";
                    return;
                case 4:
                    context.Response.StatusCode = 503;
                    return;
                case 6:
                    context.Abort();
                    return;
            }
            foreach (var call in (await FakePlatform.BodyAsync(context))["batch"]!.AsArray())
                received.AddOrUpdate((string)call!["messageId"]!, 1, (_, times) => times + 1);
            await context.Response.WriteAsync("""{"success":true}""");
        });

        var sent = await SendAsync(platform);

        Assert.Equal(_history.Calls().Select(call => call.MessageId).Order(), received.Keys.Order());
        Assert.Equal(received.Count, sent);
        Assert.Equal((sent + 99) / 100 + 3, requests);
        Assert.Equal(3, _clock.Waits.Count);
        Assert.Contains(TimeSpan.FromSeconds(7), _clock.Waits);
    }

    [Fact]
    public async Task A_platform_that_stays_away_ends_the_feed_after_5_minutes()
    {
        var began = _clock.GetUtcNow();
        await using var platform = await FakePlatform.StartAsync(context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });

        await Assert.ThrowsAsync<CommandException>(() => SendAsync(platform));

        // Four requests wait at the same time, and on this clock their waits add up.
        Assert.InRange(_clock.GetUtcNow() - began, TimeSpan.FromMinutes(4.9), TimeSpan.FromMinutes(5.5));
    }

    [Fact]
    public async Task A_refused_key_ends_the_feed_at_once()
    {
        await using var platform = await FakePlatform.StartAsync(context =>
        {
            context.Response.StatusCode = 401;
            return Task.CompletedTask;
        });

        var failure = await Assert.ThrowsAsync<CommandException>(() => SendAsync(platform));

        Assert.Contains("401", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_clock.Waits);
    }

    private async Task<long> SendAsync(FakePlatform platform)
    {
        using var api = platform.Connect(_clock);
        var ct = TestContext.Current.CancellationToken;
        return await new HistoryFeed(api, _clock).SendAsync(_history.Calls(), _history.Start, _clock.GetUtcNow(), new Silent(), ct);
    }

    private sealed class Silent : IProgress<Step>
    {
        public void Report(Step value) { }
    }
}
