using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Simulation;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MarketingPlatform.Email.Tests.Automations.Simulation;

public class DifferenceTests
{
    private static readonly Automation Before = Parse(
        """
        name: flow
        trigger: {event: subscribed}
        goal: {event: order, within: 7d}
        steps:
          - id: hello
            send: welcome
          - id: pause
            wait: 3d
          - id: look
            if: {segment: vip}
            then:
              - id: thanks
                send: newsletter
        """
    );

    private static Automation Parse(string yaml)
    {
        var (automation, problems) = AutomationParser.Parse(yaml);
        Assert.Empty(problems);
        return automation!;
    }

    [Fact]
    public void What_a_file_says_differently_is_told_in_words_and_what_it_says_the_same_is_not()
    {
        var difference = Difference.Of(
            Before,
            Parse(
                """
                # Another layout, and a comment.
                name: flow
                trigger: {event: subscribed}
                goal: {event: order, within: 14d}
                hold-out: 10%
                steps:
                  - id: hello
                    send: recommendations
                  - id: later
                    wait: 3d
                  - id: look
                    if: {segment: vip}
                    then: []
                    else:
                      - id: thanks
                        send: newsletter
                """
            )
        );

        Assert.Equal(["later"], difference.StepsAdded);
        Assert.Equal(["pause"], difference.StepsRemoved);
        Assert.Equal(["pause"], difference.Stranded);
        Assert.Equal(["goal", "hold-out", "hello", "steps"], difference.Changed.Select(change => change.What));
        Assert.Equal(
            new("hello", "Sends the mail “welcome”.", "Sends the mail “recommendations”."),
            difference.Changed.Single(change => change.What == "hello")
        );
        Assert.Equal("hello, look, thanks (in way 1 of look)", difference.Changed[^1].Before);
        Assert.Equal("hello, look, thanks (in way 2 of look)", difference.Changed[^1].After);
        Assert.Null(difference.CustomersEntering);
        Assert.Empty(Difference.Of(Before, Before).Changed);
    }

    [Fact]
    public void Who_waits_at_a_step_that_is_gone_is_not_stranded_where_the_file_says_where_they_go()
    {
        const string After = """
            name: flow
            trigger: {event: subscribed}
            {0}
            steps:
              - id: later
                wait: 3d
            """;

        Assert.Equal(["pause"], Difference.Of(Before, Parse(After.Replace("{0}", "", StringComparison.Ordinal))).Stranded);
        Assert.Empty(Difference.Of(Before, Parse(After.Replace("{0}", "moved: {pause: later}", StringComparison.Ordinal))).Stranded);
        Assert.Empty(Difference.Of(Before, Parse(After.Replace("{0}", "in-flight: finish", StringComparison.Ordinal))).Stranded);
    }

    [Fact]
    public async Task A_trial_counts_the_same_customers_for_both_versions_and_says_the_same_each_time()
    {
        using var trial = Trial(TimeSpan.FromMinutes(1));
        var after = Parse("name: flow\ntrigger: {event: subscribed}\nsteps: [{id: hello, send: welcome}]");

        var first = await trial.TryAsync(Before, after, TestContext.Current.CancellationToken);
        var again = await trial.TryAsync(Before, after, TestContext.Current.CancellationToken);

        Assert.Equal(first.CustomersEntering, again.CustomersEntering);
        Assert.Equal(first.MailsSent, again.MailsSent);
        Assert.True(first.CustomersEntering is { Before: > 500 } entering && entering.Before == entering.After);
        // Nobody is a VIP there, so both send the one greeting.
        Assert.Equal(first.MailsByStep!["hello"], first.MailsSent);
        Assert.Equal((0, 0), (first.Gaining, first.Losing));
    }

    [Fact]
    public async Task A_file_that_asks_for_millions_of_steps_is_stopped_and_its_difference_comes_without_counts()
    {
        using var trial = Trial(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        var endless = Parse("name: flow\ntrigger: {event: subscribed}\nsteps: [{id: a, wait: 1s}, {go-to: a}]");

        var difference = await trial.TryAsync(Before, endless, TestContext.Current.CancellationToken);

        Assert.Null(difference.MailsSent);
        Assert.Equal(["a", "go-to-a"], difference.StepsAdded);
    }

    private static AutomationTrial Trial(TimeSpan longest, TimeProvider? clock = null) =>
        new(
            Options.Create(new EmailOptions { TrialTimeout = longest }),
            Options.Create(new Shop()),
            clock ?? new FakeTimeProvider(new DateTimeOffset(2031, 3, 1, 0, 0, 0, TimeSpan.Zero))
        );
}
