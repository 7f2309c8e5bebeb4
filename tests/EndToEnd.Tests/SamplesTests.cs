using MarketingPlatform.TestInfrastructure;

namespace MarketingPlatform.EndToEnd.Tests;

/// <summary>The programs of <c>docs/samples</c> that use the client package, as a reader would start them.</summary>
[Collection(StandalonePlatform.Shared)]
public sealed class SamplesTests(StandalonePlatform platform)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_till_an_erp_and_a_help_desk_work_together_on_the_same_customer()
    {
        var now = TimeProvider.System.GetUtcNow();
        var cursor = await EndOfFeedAsync();
        Assert.True(await platform.CollectsAsync(Shop.SignsUp("card-77", "till@shop.test", now.AddDays(-1))));

        foreach (var _ in new[] { "first", "again after a crash" })
            Assert.Contains(
                "is stored",
                await RunAsync("till", "collect", "card-77", "receipt-1", "sample-tea=7.5", "sample-cup=9"),
                Ordinal
            );
        await platform.EventuallyTellsAsync(
            "segmentation",
            "select count(*) from orders where order_id = 'receipt-1' and total = 16.5",
            1L
        );
        await platform.EventuallyTellsAsync(
            "segmentation",
            """
            select count(*) from memberships m join segments s on s.id = m.segment_id
            where s.key = 'new' and m.customer_id = (select origin_id from orders where order_id = 'receipt-1')
            """,
            1L
        );

        await RunningPlatform.EventuallyAsync(
            "the feed tells of the receipt",
            async () =>
                (await platform.GetAsync($"/api/v1/changes?limit=1000&cursor={cursor}"))
                    .GetProperty("items")
                    .EnumerateArray()
                    .Any(change => change.TryGetProperty("key", out var key) && key.GetString() == "receipt-1")
        );
        var saved = await RunAsync("erp", "read", cursor);
        Assert.Contains("save card-77,till@shop.test,", saved, Ordinal);
        var end = saved.Split('\n').Single(line => line.StartsWith("cursor ", Ordinal))["cursor ".Length..].Trim();
        Assert.DoesNotContain("save card-77", await RunAsync("erp", "read", end), Ordinal);

        var desk = await RunAsync("helpdesk", "write", "till@shop.test", "no-mail");
        Assert.Contains("Ada", desk, Ordinal);
        Assert.Contains("segment: New", desk, Ordinal);
        Assert.Contains("Nobody is known", await RunAsync("helpdesk", "write", "nobody@shop.test"), Ordinal);
        await platform.EventuallyTellsAsync(
            "email",
            """
            select count(*) from consents c join recipients r using (customer_id)
            where r.email = 'till@shop.test' and c.purpose = 'email_marketing' and not c.granted and c.source = 'help desk'
            """,
            1L
        );
    }

    private async Task<string> EndOfFeedAsync()
    {
        for (var cursor = ""; ; )
        {
            var page = await platform.GetAsync($"/api/v1/changes?limit=1000&cursor={cursor}");
            cursor = page.GetProperty("nextCursor").GetString()!;
            if (page.GetProperty("items").GetArrayLength() == 0)
                return cursor;
        }
    }

    private const StringComparison Ordinal = StringComparison.Ordinal;

    private async Task<string> RunAsync(string sample, string scope, params string[] arguments)
    {
        var ran = await Programs.RunAsync(
            "dotnet",
            ["run", $"docs/samples/{sample}.cs", "--", platform.Door.ToString(), platform.KeyOf(scope), .. arguments],
            SourceTree.Root,
            Ct
        );
        Assert.True(ran!.Value.Code == 0, ran.Value.Printed);
        return ran.Value.Printed;
    }
}
