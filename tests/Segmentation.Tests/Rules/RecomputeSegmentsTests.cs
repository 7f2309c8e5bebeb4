using MarketingPlatform.Segmentation.Rules;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Rules;

public sealed class RecomputeSegmentsTests(Shop shop) : IClassFixture<Shop>, IAsyncLifetime
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await shop.StartsOver();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Segments_that_ask_for_each_other_many_times_over_are_answered_at_once()
    {
        var (ann, bob) = (Shop.NewCustomer(), Shop.NewCustomer());
        await shop.Hears(shop.Profile(ann, 10, country: "DE"), shop.Profile(bob, 10));
        await shop.Defines("n0", "country = \"DE\" and first_seen in last 30d");
        // Written out, the last would be 30 to the power of 8 conditions.
        for (var i = 1; i <= 8; i++)
            await shop.Defines($"n{i}", string.Join(" and ", Enumerable.Repeat($"in segment \"n{i - 1}\"", 30)));

        Assert.Equal(9, (await shop.RulesOf(ann)).Count(key => key[0] == 'n' && key != "new"));
        shop.Clock.Advance(TimeSpan.FromDays(21));
        await shop.FollowsRules();
        Assert.DoesNotContain("n8", await shop.RulesOf(ann));
        Assert.All((await shop.Get<ShadowRecompute>().RunAsync(Ct)).Values, differing => Assert.Equal(0, differing));
    }

    [Fact]
    public async Task A_rule_that_cannot_be_computed_does_not_hold_up_the_others()
    {
        var ann = Shop.NewCustomer();
        await shop.Hears(shop.Profile(ann, 10, country: "DE"));
        await shop.FollowsRules();
        await shop.Db.ExecuteAsync(
            """
            insert into segments (id, key, name, kind, description, rule, updated_at) values
                ('00000000-0000-7000-8000-000000000001', 'broken', 'broken', 'rule', '', '{"field": "wealth", "op": ">", "value": 1}', now()),
                ('00000000-0000-7000-8000-000000000002', 'whole', 'whole', 'rule', '', '{"field": "country", "op": "=", "value": "DE"}', now())
            """,
            null,
            Ct
        );
        // The service's own worker is at it too; whoever comes first, the next turn takes the other.
        for (var turn = 0; turn < 200 && !(await shop.RulesOf(ann)).Contains("whole"); turn++)
            try
            {
                await shop.Get<RecomputeSegments>().RunOnceAsync(Ct);
            }
            catch (ArgumentOutOfRangeException)
            {
                // "wealth" is no field.
            }
        Assert.Contains("whole", await shop.RulesOf(ann));
    }
}
