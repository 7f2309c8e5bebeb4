using System.Net;
using System.Text.Json;
using MarketingPlatform.Email.Automations;
using MarketingPlatform.Email.Automations.Api;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Experimentation.Segments;
using Xunit;

namespace MarketingPlatform.Email.Tests.Automations.Api;

[Collection(HostedEmail.Name)]
public sealed class MeasureExperimentsTests(SharedEmail shared) : IClassFixture<SharedEmail>
{
    private static readonly DateTimeOffset Start = new(2033, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private const string Window = "?to=2034-01-01T00:00:00Z";
    private readonly RunningEmail email = shared.Email;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private sealed record Page(IReadOnlyList<AutomationExperiment> Items);

    private static string Yaml(string shortShare, string longShare) =>
        $$"""
            name: parted
            trigger: {event: looked}
            goal: {event: bought, within: 7d, ends: false}
            steps:
              - wait: 1h
              - experiment: how-long
                arms:
                  - name: short
                    share: {{shortShare}}
                    steps:
                      - send: welcome
                  - name: long
                    share: {{longShare}}
                    steps:
                      - send: newsletter
              - wait: 5d
            """;

    private static AutomationEvent Event(Guid customer, string name, TimeSpan after, object? data = null) =>
        new(Guid.CreateVersion7(Start), customer, name, Start + after, JsonSerializer.SerializeToElement(data ?? new { }));

    [Fact]
    public async Task Arms_are_compared_by_the_goals_that_their_customers_reached_after_the_ways_had_parted()
    {
        var live = new LiveAutomations(email, Start, new HoldOutOptions { Automations = 0 });
        await live.SavesAsync(Yaml("50%", "50%"));
        var people = Enumerable.Range(0, 40).Select(_ => Guid.CreateVersion7()).ToArray();
        foreach (var customer in people)
            await live.HearsAsync(Event(customer, "looked", TimeSpan.Zero));
        // Bought before the ways part: no merit of either.
        foreach (var customer in people)
            await live.HearsAsync(Event(customer, "bought", TimeSpan.FromMinutes(1), new { total = 99, currency = "EUR" }));
        await live.PassesToAsync(Start.AddHours(2));
        var arms = (
            await email.Database.QueryAsync<(Guid Customer, string Arm)>(
                "select customer_id, arms ->> 'how-long' from journeys where automation = 'parted' order by id",
                null,
                Ct
            )
        ).ToLookup(row => row.Arm, row => row.Customer);
        // All of the long arm buy, once or twice; of the short one a single person, in another currency.
        foreach (var customer in arms["long"])
            await live.HearsAsync(Event(customer, "bought", TimeSpan.FromDays(1), new { total = 10, currency = "EUR" }));
        await live.HearsAsync(Event(arms["long"].First(), "bought", TimeSpan.FromDays(2), new { total = 5, currency = "EUR" }));
        await live.HearsAsync(Event(arms["short"].First(), "bought", TimeSpan.FromDays(1), new { total = 7, currency = "USD" }));

        var found = Assert.Single((await email.GetAsync<Page>("/api/v1/automations/parted/experiments" + Window)).Items);

        var (few, many) = (arms["short"].Count(), arms["long"].Count());
        Assert.Equal(("how-long", "conversions", "short"), (found.Experiment, found.Report.Metric, found.Report.Control));
        Assert.Equal(
            [(few, 1L, 0.0), (many, many, 10.0 * many + 5)],
            found.Report.Arms.Select(arm => ((int)arm.People, arm.Conversions, arm.Revenue))
        );
        var conversions = found.Report.Metrics.Single(report => report.Metric == "conversions").Arms[1];
        Assert.Equal(1 - 1.0 / few, conversions.Lift!.Value, 9);
        Assert.True(conversions.Lower > 0 && conversions.Upper > conversions.Lift);
        Assert.Equal("long", found.Report.Winner);
        Assert.StartsWith("long wins: it brings", found.Sentence, StringComparison.Ordinal);

        // By clicks nothing is known.
        var clicks = Assert.Single((await email.GetAsync<Page>($"/api/v1/automations/parted/experiments{Window}&metric=clicks")).Items);
        Assert.StartsWith("Too little has happened", clicks.Sentence, StringComparison.Ordinal);

        // Other words change nothing, other shares are another experiment.
        await live.SavesAsync("# looked again\n" + Yaml("50%", "50%"));
        Assert.Equal(
            40,
            (await email.GetAsync<Page>("/api/v1/automations/parted/experiments" + Window)).Items[0].Report.Arms.Sum(arm => arm.People)
        );
        await live.SavesAsync(Yaml("20%", "80%"));
        Assert.Equal(
            0,
            (await email.GetAsync<Page>("/api/v1/automations/parted/experiments" + Window)).Items[0].Report.Arms.Sum(arm => arm.People)
        );
    }

    /// <summary>
    /// Revenue is twice what a customer ordered before, 10 more in the second arm, and ±1 that has nothing to do with it: the slope is 2 and the
    /// effect 10, exactly, however rich the customers are whom chance put into the second arm.
    /// </summary>
    [Fact]
    public async Task What_customers_ordered_before_the_ways_parted_is_taken_out_of_the_comparison()
    {
        const string Name = "cuped";
        await email.SavesAutomationAsync(Yaml("50%", "50%").Replace("name: parted", $"name: {Name}", StringComparison.Ordinal));
        (double Before, double Noise)[] people = [(10, 1), (20, -1), (30, -1), (40, 1)];
        var units = Enumerable
            .Range(0, 80)
            .Select(i => (Arm: i % 2, Of: people[i / 2 % 4], Who: Guid.CreateVersion7(), Journey: Guid.CreateVersion7()))
            .Select(unit => (unit.Arm, unit.Who, unit.Journey, Before: unit.Of.Before + 20 * unit.Arm, unit.Of.Noise))
            .ToArray();
        await email.Database.ExecuteAsync(
            """
            with walked as (
                insert into journeys (id, automation, version, customer_id, key, generation, entered_at, triggered_at, data, outcome, arms)
                select u.journey, @Name, 1, u.who, '', 1, now(), now(), '{}', 'finished', jsonb_build_object('how-long', u.arm)
                from unnest(@Journeys::uuid[], @Who::uuid[], @Arms::text[]) as u (journey, who, arm)
            ), earned as (
                insert into journey_goals (journey_id, customer_id, event_id, at, value, currency)
                select u.journey, u.who, gen_random_uuid(), now(), u.revenue, 'EUR'
                from unnest(@Journeys::uuid[], @Who::uuid[], @Revenue::numeric[]) as u (journey, who, revenue)
            )
            insert into order_totals (order_id, customer_id, total, currency, at)
            select u.who || o.name, u.who, o.share * u.before, o.currency, now() + o.after
            from unnest(@Who::uuid[], @Before::numeric[]) as u (who, before)
            cross join (values
                ('-a', 0.25, 'EUR', interval '-89 days'), ('-b', 0.75, 'EUR', interval '-1 minute'),
                -- Too old, of another currency, and after the ways had parted.
                ('-c', 7.0, 'EUR', interval '-91 days'), ('-d', 5.0, 'USD', interval '-1 day'), ('-e', 3.0, 'EUR', interval '1 second')
            ) as o (name, share, currency, after)
            """,
            new
            {
                Name,
                Journeys = units.Select(unit => unit.Journey).ToArray(),
                Who = units.Select(unit => unit.Who).ToArray(),
                Arms = units.Select(unit => unit.Arm == 0 ? "short" : "long").ToArray(),
                Before = units.Select(unit => (decimal)unit.Before).ToArray(),
                Revenue = units.Select(unit => (decimal)(2 * unit.Before + 10 * unit.Arm + unit.Noise)).ToArray(),
            },
            Ct
        );

        var found = Assert.Single((await email.GetAsync<Page>($"/api/v1/automations/{Name}/experiments?metric=revenue")).Items);

        var revenue = found.Report.Metrics.Single(report => report.Metric == "revenue");
        Assert.True(revenue.Cuped);
        Assert.Equal(10, revenue.Arms[1].Lift!.Value, 6);
        // What is left is the noise of ±1; incomes alone would make it seventy wide.
        Assert.InRange(revenue.Arms[1].Upper!.Value - revenue.Arms[1].Lower!.Value, 0.5, 5);
        Assert.Equal("long", found.Report.Winner);
        // As it was, without what came before: 40 customers a side, 50 apart.
        Assert.Equal([2_000, 4_000], found.Report.Arms.Select(arm => Math.Round(arm.Revenue)));
    }

    /// <summary>Members of one segment answer to the second arm, others do not; who left or joined after the ways had parted counts as before.</summary>
    [Fact]
    public async Task Effects_by_segment_are_those_of_the_moment_when_the_ways_parted_drawn_towards_the_common_one()
    {
        const string Name = "by-segment";
        await email.SavesAutomationAsync(Yaml("50%", "50%").Replace("name: parted", $"name: {Name}", StringComparison.Ordinal));
        // Of 200 customers a segment and arm: buyers. What is known of the "casual" are their memberships, from before they were written down.
        await email.Database.ExecuteAsync(
            """
            with walked as (
                insert into journeys (id, automation, version, customer_id, key, generation, entered_at, triggered_at, data, outcome, arms, arm_segments)
                select gen_random_uuid(), @Name, 1, gen_random_uuid(), '', 1, now(), now(), '{}', 'finished', jsonb_build_object('how-long', arm),
                    case segment when 'vip' then '{"how-long": ["everybody", "vip"]}'::jsonb end
                from unnest(array['short', 'long']) arm, unnest(array['vip', 'casual']) segment, generate_series(1, 200) i
                returning id, customer_id, arms ->> 'how-long' as arm, case when arm_segments is null then 'casual' else 'vip' end as segment
            ), members as (
                insert into segment_members (customer_id, segment, is_member, at)
                select w.customer_id, s.segment, s.is_member, now() + s.after from walked w
                join (values
                    ('casual', 'casual', true, interval '-1 day'), ('casual', 'everybody', false, interval '1 second'),
                    ('casual', 'vip', true, interval '1 second'), ('vip', 'casual', true, interval '-1 day')
                ) as s (of, segment, is_member, after) on s.of = w.segment
            ), placed as (
                select *, row_number() over (partition by arm, segment order by id) as place from walked
            )
            insert into journey_goals (journey_id, customer_id, event_id, at)
            select id, customer_id, gen_random_uuid(), now() + interval '1 second' from placed
            where place <= case when arm = 'long' and segment = 'vip' then 60 else 20 end
            """,
            new { Name },
            Ct
        );

        var found = Assert.Single((await email.GetAsync<Page>($"/api/v1/automations/{Name}/experiments")).Items).Report;

        // "everybody" is larger than both, so nobody is left for it.
        Assert.Equal(["casual", "vip"], found.Segments.Select(one => one.Segment));
        Assert.All(found.Segments, one => Assert.Equal(("long", 400L), (one.Arm, one.People)));
        double Variance(double rate) => rate * (1 - rate) / 199;
        var shrunken = SegmentShrinkage.Of([(0, Math.Sqrt(2 * Variance(0.1))), (0.2, Math.Sqrt(Variance(0.1) + Variance(0.3)))]).Segments;
        foreach (var (expected, got) in shrunken.Zip(found.Segments))
        {
            Assert.Equal(expected.Effect, got.Lift, 6);
            Assert.Equal(expected.Lower, got.Lower, 6);
            Assert.Equal(expected.Upper, got.Upper, 6);
        }
        Assert.InRange(found.Segments[1].Lift, 0.11, 0.199);
        Assert.True(found.Segments[1].Lower > 0);

        // Asked for in another order, who is in both counts in the first.
        var asked = Assert
            .Single((await email.GetAsync<Page>($"/api/v1/automations/{Name}/experiments?segments=everybody,vip")).Items)
            .Report;
        Assert.Empty(asked.Segments);
    }

    [Fact]
    public async Task The_executor_writes_down_in_which_segments_somebody_was_when_the_ways_parted()
    {
        const string Name = "written-down";
        var live = new LiveAutomations(email, Start, new HoldOutOptions { Automations = 0 });
        await live.SavesAsync(Yaml("50%", "50%").Replace("name: parted", $"name: {Name}", StringComparison.Ordinal));
        var customer = Guid.CreateVersion7();
        await email.Database.ExecuteAsync(
            "insert into segment_members (customer_id, segment, is_member, at) values (@customer, 'vip', true, @Start), (@customer, 'new', true, @Start)",
            new { customer, Start },
            Ct
        );
        await live.HearsAsync(Event(customer, "looked", TimeSpan.Zero));
        await live.PassesToAsync(Start.AddHours(2));

        Assert.Equal(
            """{"how-long": ["new", "vip"]}""",
            await email.Database.QuerySingleAsync<string>(
                "select arm_segments::text from journeys where automation = @Name and customer_id = @customer",
                new { Name, customer },
                Ct
            )
        );
    }

    [Fact]
    public async Task An_automation_without_experiments_has_none_and_wrong_questions_are_told_so()
    {
        Assert.Empty((await email.GetAsync<Page>("/api/v1/automations/welcome/experiments")).Items);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("/api/v1/automations/nobody/experiments"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync("/api/v1/automations/welcome/experiments?metric=luck"));
    }

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await email.Http.GetAsync(path, Ct);
        return answer.StatusCode;
    }
}
