using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.Campaigns;
using MarketingPlatform.Email.Campaigns.Api;
using Xunit;

namespace MarketingPlatform.Email.Tests.Campaigns;

/// <summary>Variants, tests and hold-outs of campaigns, with people who get them.</summary>
[Collection(HostedEmail.Name)]
public class CampaignExperimentTests(SharedEmail shared) : IClassFixture<SharedEmail>
{
    private readonly RunningEmail email = shared.Email;
    private readonly LiveCampaigns campaigns = new(shared.Email);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Variants_differ_in_subject_preheader_sender_and_words_and_everybody_gets_the_same_one_again()
    {
        var people = await campaigns.AudienceAsync("varied", 8);
        var campaign = new Campaign(
            new(["varied"]),
            [
                new("plain", Template: "newsletter"),
                new(
                    "short",
                    Template: "newsletter",
                    Subject: "Short for {{ customer.first_name | default: 'you' }}",
                    Preheader: "Look inside",
                    SenderName: "Mia of Tea & Co",
                    Words: new Dictionary<string, string> { ["cta"] = "Taste it" }
                ),
            ],
            HoldOut: 0
        );
        await campaigns.PutAsync("varied-teas", campaign);
        var preflight = await campaigns.PostAsync<Preflight>("varied-teas", "preflight");
        Assert.Equal("Short for Ada", preflight.Variants[1].Subject);
        Assert.Contains("four times in five", preflight.Detectable!.Sentence, StringComparison.Ordinal);
        await campaigns.PostAsync<CampaignView>("varied-teas", "approve");
        await campaigns.PostAsync<CampaignView>("varied-teas", "launch");
        await campaigns.SentAsync("varied-teas", 8);

        var arms = new CampaignArms("varied-teas", ["plain", "short"], [1, 1], 0, 0, "1");
        foreach (var person in people)
        {
            var mail = Assert.Single(await campaigns.MailsAsync("varied-teas", person));
            var isShort = arms.Assign(person) == "short";
            Assert.Equal(isShort, mail.Subject == "Short for Anna");
            Assert.Equal(isShort, mail.From.Mailboxes.Single().Name == "Mia of Tea & Co");
            Assert.Equal(isShort, mail.HtmlBody!.Contains("Look inside", StringComparison.Ordinal));
            Assert.Equal(isShort, mail.HtmlBody!.Contains("Taste it", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Who_is_held_out_gets_nothing_and_is_told_apart_and_the_rest_is_compared_with_them()
    {
        // A service that holds out from ten on.
        await using var alone = await RunningEmail.StartAsync(null, ("Email:HoldOut:After", "10"));
        var campaigns = new LiveCampaigns(alone);
        var people = await campaigns.AudienceAsync("held", 30);
        var arms = new CampaignArms("held-teas", ["a"], [1], 0.5, 0, "1");
        var held = people.Where(person => arms.Holds(person) is not null).ToArray();
        var treated = people.Except(held).ToArray();
        await campaigns.PutAsync("held-teas", new Campaign(new(["held"]), [LiveCampaigns.Variant("a", "Hello")], HoldOut: 0.5));
        var preflight = await campaigns.PostAsync<Preflight>("held-teas", "preflight");
        Assert.Equal(held.Length, preflight.HeldOut);
        await campaigns.PostAsync<CampaignView>("held-teas", "approve");
        await campaigns.PostAsync<CampaignView>("held-teas", "launch");
        await campaigns.SentAsync("held-teas", treated.Length);

        var later = RunningEmail.Now.AddMinutes(1);
        foreach (var buyer in treated.Take(4))
            await alone.HearsAsync(new OrderPlaced(buyer, $"order-{buyer:N}", [], 50, "EUR", null, later));
        // One of them sent half of it back.
        await alone.HearsAsync(new OrderRefunded(treated[0], "back", $"order-{treated[0]:N}", [], 25, "EUR", later.AddDays(20)));
        await alone.HearsAsync(new OrderPlaced(held[0], $"order-{held[0]:N}", [], 10, "EUR", null, later));
        await alone.HearsAsync(new OrderPlaced(held[1], $"order-{held[1]:N}", [], 10, "USD", null, later));

        var results = await alone.GetAsync<CampaignResults>("/api/v1/campaigns/held-teas/results");
        Assert.Equal(
            (treated.Length, 4L, 175m),
            (results.Effect.Treated.Customers, results.Effect.Treated.Converted, results.Effect.Treated.Revenue)
        );
        Assert.Equal(
            (held.Length, 1L, 10m),
            (results.Effect.HeldOut.Customers, results.Effect.HeldOut.Converted, results.Effect.HeldOut.Revenue)
        );
        Assert.Equal(175.0 / treated.Length - 10.0 / held.Length, results.Effect.RevenuePerCustomer!.Estimate, 9);
        // Nobody clicked: nothing is credited to it, whatever it brought.
        Assert.Equal(0, results.Attributed.Revenue);
        foreach (var person in held)
            Assert.Empty(await campaigns.MailsAsync("held-teas", person));
        var decisions = await alone.GetAsync<JsonElement>($"/api/v1/email/decisions?customer={held[0]}");
        Assert.Contains(
            decisions.GetProperty("items").EnumerateArray(),
            decision =>
                decision.GetProperty("automation").GetString() == "held-teas" && decision.GetProperty("decision").GetString() == "held-out"
        );
    }

    [Fact]
    public async Task A_test_is_rolled_out_to_those_who_waited_for_it()
    {
        var arms = new CampaignArms("rolled-teas", ["a", "b"], [1, 1], 0, 0, "1");
        bool IsTested(Guid person) => arms.Place(person) < 0.5;
        // Until both variants are tested on somebody, and somebody waits.
        var people = new List<Guid>();
        while (people.Where(IsTested).Select(arms.Assign).Distinct().Count() < 2 || people.All(IsTested))
            people.Add(await email.KnowsAsync());
        email.Segments["rolled"] = people;
        var tested = people.Where(IsTested).ToArray();
        await campaigns.ReadyAsync(
            "rolled-teas",
            new(
                new(["rolled"]),
                [LiveCampaigns.Variant("a", "A"), LiveCampaigns.Variant("b", "B")],
                Test: new("test-and-roll", TestShare: 0.5, DecideAfterHours: 1),
                HoldOut: 0
            )
        );

        await campaigns.PostAsync<CampaignView>("rolled-teas", "launch");
        await RunningEmail.EventuallyAsync(async () => (await campaigns.ViewAsync("rolled-teas")).Stage == "test");
        await campaigns.SentAsync("rolled-teas", tested.Length);
        // A person clicks in a mail of b: the other variant has nobody who did.
        await campaigns.ClicksAsync(tested.First(person => arms.Assign(person) == "b"));
        // An hour goes by.
        await email.Database.ExecuteAsync(
            """
            update mails set sent_at = sent_at - interval '1 hour' where automation = 'rolled-teas';
            update campaigns set next_at = now() where name = 'rolled-teas'
            """,
            null,
            Ct
        );
        await RunningEmail.EventuallyAsync(async () => (await campaigns.ViewAsync("rolled-teas")).Stage == "rolled");
        await campaigns.SentAsync("rolled-teas", people.Count);

        var view = await campaigns.ViewAsync("rolled-teas");
        Assert.Equal("b", view.Winner);
        foreach (var person in people.Except(tested))
            Assert.Equal("B", Assert.Single(await campaigns.MailsAsync("rolled-teas", person)).Subject);
        // Those who waited learnt nobody anything: only the test is compared.
        var results = await email.GetAsync<CampaignResults>("/api/v1/campaigns/rolled-teas/results");
        Assert.Equal(tested.Length, results.Experiment.Arms.Sum(arm => arm.People));
        await email.Database.ExecuteAsync("update campaigns set next_at = now() where name = 'rolled-teas'", null, Ct);
        await RunningEmail.EventuallyAsync(async () => (await campaigns.ViewAsync("rolled-teas")).Status == "done");
    }

    [Fact]
    public async Task A_bandit_deals_out_batch_after_batch_and_notes_with_which_chance()
    {
        var people = await campaigns.AudienceAsync("dealt", 12);
        await campaigns.ReadyAsync(
            "dealt-teas",
            new(
                new(["dealt"]),
                [LiveCampaigns.Variant("a", "A"), LiveCampaigns.Variant("b", "B")],
                Test: new("thompson", Batches: 3, EveryHours: 0, DecideAfterHours: 0),
                HoldOut: 0
            )
        );

        await campaigns.PostAsync<CampaignView>("dealt-teas", "launch");
        await campaigns.SentAsync("dealt-teas", 12);

        var rows = await email.Database.QueryAsync<(string Arm, double Propensity, int Batch)>(
            """
            select m.arm, m.propensity, m.batch from campaign_members m join campaigns c on c.id = m.campaign_id where c.name = 'dealt-teas'
            """,
            null,
            Ct
        );
        Assert.All(rows, row => Assert.InRange(row.Propensity, 0.05, 0.95));
        Assert.All(rows.Where(row => row.Batch == 0), row => Assert.Equal(0.5, row.Propensity));
        Assert.Equal(12, rows.Count);

        // Sizes are meant to differ: that is no alarm, and everybody counts by that chance.
        var results = await email.GetAsync<CampaignResults>("/api/v1/campaigns/dealt-teas/results");
        Assert.False(results.Experiment.SampleRatioAlarm);
        Assert.Equal(12, results.Experiment.Arms.Sum(arm => arm.People));
        Assert.Contains(results.Experiment.Metrics[0].Notes, note => note.Contains("by the chance", StringComparison.Ordinal));
        Assert.Equal(3, results.Experiment.Plain!.Count);
    }
}
