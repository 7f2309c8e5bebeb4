using MarketingPlatform.Email.Automations;
using MarketingPlatform.Email.Automations.Running;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace MarketingPlatform.Email.Tests.Automations.Running;

[Collection(HostedEmail.Name)]
public class ForgetOldStepsTests(SharedEmail shared) : IClassFixture<SharedEmail>
{
    private readonly RunningEmail email = shared.Email;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_no_condition_looks_back_at_goes_and_what_one_does_stays()
    {
        var live = new LiveAutomations(email, new(2040, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await live.SavesAsync(
            """
            name: looks-back
            trigger: {event: subscribed}
            steps:
              - if: {did: order, within: 800d}
                then:
                  - send: welcome
              - if: {did: refund}
                then:
                  - send: welcome
            """
        );
        var customer = Guid.CreateVersion7();
        await email.Database.ExecuteAsync(
            """
            insert into person_events (customer_id, name, event_id, at)
            select @Customer, e.name, gen_random_uuid(), @Now - e.age
            from (values ('order', interval '700 days'), ('order', interval '900 days'), ('refund', interval '3000 days'),
                ('nobody-counts-this', interval '500 days'), ('nobody-counts-this', interval '300 days')) as e (name, age)
            """,
            new { Customer = customer, Now = live.Clock.GetUtcNow() },
            Ct
        );
        await email.Database.ExecuteAsync(
            """
            insert into journeys (id, automation, version, customer_id, key, generation, entered_at, triggered_at, data, node, node_at, outcome)
            select id, 'looks-back', 1, @Customer, id::text, 1, @Old, @Old, '{}', 'welcome', @Old, outcome
            from (values (@Ended, 'finished'), (@Waiting, null)) as j (id, outcome);
            insert into journey_steps (journey_id, customer_id, node, kind, result, at)
            select id, @Customer, 'welcome', 'send', 'sent', @Old from unnest(array[@Ended, @Waiting]) as j (id)
            """,
            new
            {
                Customer = customer,
                Old = live.Clock.GetUtcNow().AddDays(-500),
                Ended = Guid.CreateVersion7(),
                Waiting = Guid.CreateVersion7(),
            },
            Ct
        );
        var forget = new ForgetOldSteps(
            email.Database,
            live.Store,
            Options.Create(new EmailOptions { Keep = new KeepOptions() }),
            live.Clock,
            NullLogger<ForgetOldSteps>.Instance
        );

        var gone = await forget.ForgetAsync(Ct);

        Assert.Equal((2, 1), gone);
        var left = await email.Database.QueryAsync<string>(
            "select name from person_events where customer_id = @Customer order by name",
            new { Customer = customer },
            Ct
        );
        Assert.Equal(["nobody-counts-this", "order", "refund"], left);
        Assert.Equal((0, 0), await forget.ForgetAsync(Ct));
    }
}
