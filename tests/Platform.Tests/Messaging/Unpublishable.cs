using MarketingPlatform.Platform.Tests.Probe;
using Xunit;

namespace MarketingPlatform.Platform.Tests.Messaging;

/// <summary>Rows that no version of the service can publish: a type that is gone, and bodies that its type cannot read.</summary>
internal static class Unpublishable
{
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    public static Task InsertAsync(ProbeHost host) =>
        host.Db.ExecuteAsync(
            """
            insert into platform.outbox (message_id, type, body, trace_parent) values
                (gen_random_uuid(), 'Shop.OrderForgotten, Shop', '{}', @Trace),
                (gen_random_uuid(), @Type, '{"text":', @Trace),
                (gen_random_uuid(), @Type, 'null', @Trace);
            """,
            new { Trace, Type = "MarketingPlatform.Platform.Tests.Probe.Noted, MarketingPlatform.Platform.Tests" },
            TestContext.Current.CancellationToken
        );

    public static async Task AssertKeptAsync(ProbeHost host)
    {
        await host.UntilAsync("count(*) = 3 from platform.outbox where error is not null");
        var kept = await host.Db.QueryAsync<(string Type, string Body, string Trace, string Error)>(
            "select type, body, trace_parent, error from platform.outbox order by body",
            null,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(["null", """{"text":""", "{}"], kept.Select(row => row.Body));
        Assert.All(kept, row => Assert.Equal(Trace, row.Trace));
        Assert.Equal("unknown type", kept[2].Error);
        Assert.All(kept.Take(2), row => Assert.Contains("unreadable body", row.Error, StringComparison.Ordinal));
    }
}
