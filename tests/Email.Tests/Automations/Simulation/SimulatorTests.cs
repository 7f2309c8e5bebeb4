using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Automations;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Automations.Simulation;
using Xunit;

namespace MarketingPlatform.Email.Tests.Automations.Simulation;

[Collection(HostedEmail.Name)]
public sealed class SimulatorTests : IClassFixture<SharedEmail>
{
    private static readonly DateTimeOffset From = new(2031, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private readonly RunningEmail email;

    public SimulatorTests(SharedEmail shared) => email = shared.Email;

    private sealed record Line(
        DateTimeOffset At,
        Guid Customer,
        string Automation,
        string Key,
        string Node,
        string Kind,
        string Result,
        string? Detail
    );

    [Fact]
    public async Task A_simulation_takes_each_step_that_the_service_takes_at_the_same_moment()
    {
        var to = From + 40 * Day;
        var born = Guid.CreateVersion7(From);
        AutomationEvent[] events =
        [
            new(
                Guid.CreateVersion7(From),
                born,
                EventNames.ProfileChanged,
                From,
                JsonSerializer.SerializeToElement(new { email = "b@example.com", birthday = "1990-03-15" })
            ),
            new(
                Guid.CreateVersion7(From),
                born,
                EventNames.ConsentChanged,
                From,
                JsonSerializer.SerializeToElement(new { granted = true })
            ),
            .. new ShopLife(30, 7).Between(From, to),
        ];
        var names = ReadyMade.All.Keys.ToArray();

        var live = new LiveAutomations(email, From, new HoldOutOptions { After = 5 });
        await live.TurnsOnAsync(names);
        var dates = live.NewDates();
        var look = From;
        async Task PassAsync(DateTimeOffset moment)
        {
            // The service looks at dates every five minutes; here it does when a day may have come for somebody.
            while (look + TimeSpan.FromMinutes(5) <= moment)
            {
                look += TimeSpan.FromMinutes(5);
                if (look.Minute != 0)
                    continue;
                await live.PassesToAsync(look);
                await dates.LookAsync(TestContext.Current.CancellationToken);
            }
            await live.PassesToAsync(moment);
        }
        foreach (var e in events)
        {
            await PassAsync(e.At);
            await live.HearsAsync(e);
        }
        await PassAsync(to);

        List<SimulatedLine> simulated = [];
        new Simulator(
            [.. names.Select(ReadyMade.Parse)],
            new EmailOptions { HoldOut = new() { After = 5 } },
            new Shop(),
            Day,
            simulated.Add
        ).Play(events, From, to);

        var expected = simulated
            .Where(line => line.What == "step")
            .Select(l => new Line(l.At, l.Customer, l.Automation, l.Key, l.Node, l.Kind, l.Result, l.Detail))
            .ToArray();
        var made = await email.Database.QueryAsync<Line>(
            """
            select s.at, s.customer_id as customer, j.automation, j.key, s.node, s.kind, s.result, s.detail
            from journey_steps s join journeys j on j.id = s.journey_id
            where j.entered_at >= @From
            """,
            // The hosted service lives in our time, and may meet somebody whose birthday is today.
            new { From },
            TestContext.Current.CancellationToken
        );
        Assert.True(expected.Length > 200, $"{expected.Length} steps are too few to say anything.");
        Assert.Equal(names, expected.Select(line => line.Automation).Distinct().Order(StringComparer.Ordinal));
        Assert.Empty(Ordered(expected).Except(made).Take(3));
        Assert.Empty(Ordered(made).Except(expected).Take(3));
        Assert.Equal(Ordered(expected), Ordered(made));
        var mails = await email.Database.QuerySingleAsync<int>(
            "select count(*)::int from mails where journey_id is not null and created_at >= @From",
            new { From },
            TestContext.Current.CancellationToken
        );
        Assert.Equal(expected.Count(line => line.Kind == "send"), mails);
    }

    [Fact]
    public void The_same_events_are_the_same_simulation()
    {
        string Run()
        {
            List<string> lines = [];
            var events = new ShopLife(100, 3).Between(From, From + 30 * Day);
            new Simulator(
                [.. ReadyMade.All.Keys.Select(ReadyMade.Parse)],
                new EmailOptions(),
                new Shop(),
                Day,
                line => lines.Add(line.ToString())
            ).Play(events, From, From + 30 * Day);
            return string.Join('\n', lines);
        }

        Assert.Equal(Run(), Run());
    }

    [Fact]
    public void Nobody_gets_a_mail_without_consent_or_beyond_the_cap()
    {
        List<SimulatedLine> lines = [];
        var events = new ShopLife(300, 5).Between(From, From + 60 * Day);
        var options = new EmailOptions { Caps = [new() { Max = 1, Window = 3 * Day }] };
        new Simulator([.. ReadyMade.All.Keys.Select(ReadyMade.Parse)], options, new Shop(), Day, lines.Add).Play(
            events,
            From,
            From + 60 * Day
        );

        var asked = events.Where(e => e.Name == EventNames.ConsentChanged).Select(e => e.CustomerId).ToHashSet();
        var sent = lines.Where(line => line is { What: "mail", Result: "sent" }).ToArray();
        Assert.NotEmpty(sent);
        Assert.All(sent, mail => Assert.Contains(mail.Customer, asked));
        Assert.Contains(lines, line => line.Detail?.StartsWith("frequency-cap", StringComparison.Ordinal) == true);
        foreach (var mails in sent.GroupBy(mail => mail.Customer))
            Assert.All(mails.Zip(mails.Skip(1)), pair => Assert.True(pair.Second.At - pair.First.At >= 3 * Day));
    }

    private static IEnumerable<Line> Ordered(IEnumerable<Line> lines) =>
        lines
            .OrderBy(l => l.At)
            .ThenBy(l => l.Customer)
            .ThenBy(l => l.Automation, StringComparer.Ordinal)
            .ThenBy(l => l.Key, StringComparer.Ordinal)
            .ThenBy(l => l.Node, StringComparer.Ordinal)
            .ThenBy(l => l.Kind, StringComparer.Ordinal)
            .ThenBy(l => l.Result, StringComparer.Ordinal)
            .ThenBy(l => l.Detail, StringComparer.Ordinal);
}
