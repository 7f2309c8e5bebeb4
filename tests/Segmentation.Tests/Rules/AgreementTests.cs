using MarketingPlatform.Segmentation.Rules;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Rules;

/// <summary>Customer by customer and over everybody: both evaluators say the same, now and as time passes.</summary>
public sealed class AgreementTests(Shop shop) : IClassFixture<Shop>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Any_rule_has_the_same_answer_in_memory_and_in_SQL_and_keeps_it_as_long_as_promised(int seed)
    {
        var random = new Random(seed);
        await shop.StartsOver();
        var history = new RandomHistory(random, shop.Clock.GetUtcNow(), 25);
        await shop.Hears([.. history.Next(400)]);
        await shop.Evaluates();
        await shop.Db.ExecuteAsync(
            "insert into scores select id, 'churn', n, now() from unnest(@Ids::uuid[]) with ordinality as s (id, n)",
            new { Ids = history.Customers.Take(6).ToArray() },
            Ct
        );

        var met = 0;
        for (var i = 0; i < 30; i++)
        {
            var rule = new RandomRules(random, ["lapsed", "new", "young"]).Next();
            var young = RuleParser.Parse("first_seen in last 20d and not spent > 50");
            RuleSegment[] segments = [new(Guid.CreateVersion7(), "young", young, 1, 1), new(Guid.CreateVersion7(), "tried", rule, 1, 1)];
            var start = SegmentRules.Instant(shop.Clock.GetUtcNow());
            Dictionary<Guid, Answer> promised = [];
            foreach (var later in new[] { 0, random.Next(1, 5_000), random.Next(5_000, 90_000) })
            {
                var now = start.AddMinutes(later);
                var (memory, sql) = await Answers(rule, segments, now);
                Assert.True(memory.Keys.ToHashSet().SetEquals(sql.Keys), $"Not the same customers for {RulePrinter.Print(rule)}");
                foreach (var (customer, answer) in memory)
                {
                    Assert.True(
                        (answer.Is == true) == sql[customer].IsMember,
                        $"{customer} after {later} minutes: {answer.Is} in memory, {sql[customer].IsMember} in SQL; {RulePrinter.Print(rule)}"
                    );
                    var before = promised.GetValueOrDefault(customer);
                    if (later > 0 && (before.Until is null || now < before.Until))
                        Assert.True(before.Is == answer.Is, $"Promised {before} of {RulePrinter.Print(rule)}; {answer} at {now:O}");
                }
                if (later == 0)
                    promised = memory;
                met += sql.Values.Count(a => a.IsMember);
                foreach (var (customer, (member, until)) in later == 0 ? sql : [])
                    if (until is { } bound)
                    {
                        Assert.True(bound > now);
                        var early = (await Answers(rule, segments, bound.AddMicroseconds(-1))).Sql[customer];
                        Assert.Equal(member, early.IsMember);
                        break; // one customer a rule is enough
                    }
            }
        }
        Assert.True(met > 100, $"Only {met} memberships: the rules and the histories hardly meet");
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public async Task Followed_memberships_are_what_SQL_says_after_any_history_in_any_order_with_time_passing(int seed)
    {
        var random = new Random(seed);
        await shop.StartsOver();
        var history = new RandomHistory(random, shop.Clock.GetUtcNow(), 15);
        for (var i = 0; i < 6; i++)
            await shop.Defines(
                $"s{i}",
                RulePrinter.Print(new RandomRules(random, [.. Enumerable.Range(0, i).Select(n => $"s{n}"), "lapsed"]).Next(2))
            );
        var facts = history.Next(120).Select(f => (Guid.CreateVersion7(), f)).ToArray();
        var twice = facts.Concat(facts).ToArray();
        random.Shuffle(twice);
        var members = 0;
        foreach (var some in twice.Chunk(40))
        {
            await shop.Receives(some);
            if (random.Next(3) == 0)
                await shop.Evaluates();
            await shop.FollowsRules();
            members += await Compare();
            shop.Clock.Advance(TimeSpan.FromMinutes(random.Next(1, 4_000)));
            await shop.FollowsRules();
            members += await Compare();
        }

        Assert.True(members > 50, $"{members} memberships are no test");
        foreach (var customer in history.Customers)
        {
            var now = new SortedSet<string>(StringComparer.Ordinal);
            foreach (var change in (await shop.PublishedAbout(customer)).Where(p => p[1] == 's'))
                Assert.True(change[0] == '+' ? now.Add(change[1..]) : now.Remove(change[1..]), $"{change} was published twice");
            Assert.Equal((await shop.SegmentsOf(customer)).Where(key => key[0] == 's'), now);
        }
        Assert.All((await shop.Get<ShadowRecompute>().RunAsync(Ct)).Values, differing => Assert.Equal(0, differing));
    }

    private async Task<int> Compare()
    {
        await using var work = await shop.Db.BeginAsync(Ct);
        var rules = shop.Get<SegmentRules>();
        var segments = await rules.ReadAsync(work, Ct);
        var members = 0;
        foreach (var segment in segments)
        {
            var query = rules.Compile(segment.Rule, segments, SegmentRules.Instant(shop.Clock.GetUtcNow()));
            var wanted = await work.QueryAsync<Guid>(
                $"with {query.With} select customer_id from answers where is_member",
                query.Parameters,
                Ct
            );
            var held = await work.QueryAsync<Guid>("select customer_id from memberships where segment_id = @Id", new { segment.Id }, Ct);
            Assert.True(wanted.ToHashSet().SetEquals(held), $"{segment.Key}: {RulePrinter.Print(segment.Rule)}");
            members += held.Count;
        }
        return members;
    }

    private async Task<(Dictionary<Guid, Answer> Memory, Dictionary<Guid, (bool IsMember, DateTimeOffset? Until)> Sql)> Answers(
        Rule rule,
        IReadOnlyList<RuleSegment> segments,
        DateTimeOffset now
    )
    {
        await using var work = await shop.Db.BeginAsync(Ct);
        var rules = shop.Get<SegmentRules>();
        var query = rules.Compile(rule, segments, now);
        var rows = await work.QueryAsync<(Guid Customer, bool IsMember, DateTimeOffset? Until)>(
            $"with {query.With} select customer_id, is_member, until from answers",
            query.Parameters,
            Ct
        );
        var everybody = await work.QueryAsync<Guid>("select origin_id from customers union select root_id from merges", null, Ct);
        var facts = await ReadFacts.ReadAsync(work, [.. everybody], RuleNeeds.Of(segments.Select(s => s.Rule)), now, Ct);
        var evaluation = rules.Evaluation(segments);
        return (
            facts.ToDictionary(f => f.Id, f => evaluation.Of(rule, f, now)),
            rows.ToDictionary(r => r.Customer, r => (r.IsMember, r.Until))
        );
    }
}
