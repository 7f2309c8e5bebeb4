using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.Campaigns;
using MarketingPlatform.Email.Campaigns.Api;
using MarketingPlatform.Platform.Hosting;
using MimeKit;
using Xunit;

namespace MarketingPlatform.Email.Tests.Campaigns;

[Collection(HostedEmail.Name)]
public class CampaignTests(SharedEmail shared) : IClassFixture<SharedEmail>
{
    private readonly RunningEmail email = shared.Email;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static CampaignVariant Variant(string key, string subject) =>
        new(key, Subject: subject, Text: $"Text of {key} for {{{{ customer.first_name }}}}");

    [Fact]
    public async Task A_campaign_is_counted_approved_and_launched_in_this_order_and_reaches_each_once()
    {
        var anna = await email.KnowsAsync();
        var refused = await email.KnowsAsync(consent: false);
        var left = await email.KnowsAsync();
        email.Segments["tea-lovers"] = [anna, refused, left];
        email.Segments["staff"] = [left];
        var campaign = new Campaign(new(["tea-lovers"], ["staff"]), [Variant("a", "Autumn teas, {{ customer.first_name }}")], HoldOut: 0);

        Assert.Equal(HttpStatusCode.OK, (await PutAsync("autumn-teas", campaign)).StatusCode);
        await RefusesAsync("autumn-teas", "approve", "preflight-first");
        await RefusesAsync("autumn-teas", "launch", "not-approved");
        var preflight = await PostAsync<Preflight>("autumn-teas", "preflight");
        Assert.Equal((3, 1), (preflight.Audience, preflight.Receives));
        Assert.Equal(["consent-withdrawn", "excluded"], preflight.Without.Select(reason => reason.Reason).Order());
        Assert.Equal(refused, preflight.Without.Single(reason => reason.Reason == "consent-withdrawn").Examples.Single());
        Assert.Equal("Autumn teas, Ada", preflight.Variants.Single().Subject);
        Assert.Empty(preflight.Problems);

        await PostAsync<CampaignView>("autumn-teas", "approve");
        await PostAsync<CampaignView>("autumn-teas", "launch");
        // The answer was lost: launching again does nothing more.
        await PostAsync<CampaignView>("autumn-teas", "launch");
        await SentAsync("autumn-teas", 1);

        Assert.Equal("Autumn teas, Anna", Assert.Single(await MailsAsync("autumn-teas", anna)).Subject);
        Assert.Empty(await MailsAsync("autumn-teas", left));
        var results = await email.GetAsync<CampaignResults>("/api/v1/campaigns/autumn-teas/results");
        Assert.Equal(1, results.Experiment.Arms.Single().People);
        Assert.Equal(["consent-withdrawn", "excluded"], results.Without.Select(reason => reason.Reason).Order());
        await RefusesAsync("autumn-teas", "preflight", "campaign-launched");
    }

    [Fact]
    public async Task A_change_takes_approval_and_preflight_back_and_who_comes_late_is_told()
    {
        email.Segments["changed"] = [await email.KnowsAsync()];
        var campaign = new Campaign(new(["changed"]), [Variant("a", "One")], HoldOut: 0);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("changed-teas", campaign, "0")).StatusCode);
        await PostAsync<Preflight>("changed-teas", "preflight");
        Assert.Equal("approved", (await PostAsync<CampaignView>("changed-teas", "approve")).Status);

        using var late = await PutAsync("changed-teas", campaign, "0");
        Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        using var changed = await PutAsync("changed-teas", campaign with { Variants = [Variant("a", "Two")] }, "1");
        Assert.Equal("\"2\"", changed.Headers.ETag!.Tag);
        var view = (await changed.Content.ReadFromJsonAsync<CampaignView>(Json.Options, Ct))!;
        Assert.Equal(("draft", null, null), (view.Status, view.Preflight, view.ApprovedBy));
        await RefusesAsync("changed-teas", "launch", "not-approved");
    }

    [Fact]
    public async Task Variants_differ_in_subject_preheader_sender_and_words_and_everybody_gets_the_same_one_again()
    {
        var people = new List<Guid>();
        for (var i = 0; i < 8; i++)
            people.Add(await email.KnowsAsync());
        email.Segments["varied"] = people;
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
        await PutAsync("varied-teas", campaign);
        var preflight = await PostAsync<Preflight>("varied-teas", "preflight");
        Assert.Equal("Short for Ada", preflight.Variants[1].Subject);
        Assert.Contains("four times in five", preflight.Detectable!.Sentence, StringComparison.Ordinal);
        await PostAsync<CampaignView>("varied-teas", "approve");
        await PostAsync<CampaignView>("varied-teas", "launch");
        await SentAsync("varied-teas", 8);

        var arms = new CampaignArms("varied-teas", ["plain", "short"], [1, 1], 0, 0, "1");
        foreach (var person in people)
        {
            var mail = Assert.Single(await MailsAsync("varied-teas", person));
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
        var people = new List<Guid>();
        for (var i = 0; i < 30; i++)
            people.Add(await email.KnowsAsync());
        var arms = new CampaignArms("held-teas", ["a"], [1], 0.5, 0, "1");
        var held = people.Where(person => arms.Holds(person) is not null).ToArray();
        var treated = people.Except(held).ToArray();
        email.Segments["held"] = people;
        await using var alone = await RunningEmail.StartAsync(null, ("Email:HoldOut:After", "10"));
        // The same people, in a service that holds out from ten on.
        foreach (var person in people)
        {
            await alone.HearsAsync(RunningEmail.Profile(person, 1, RunningEmail.AddressOf(person)));
            await alone.HearsAsync(new ConsentChanged(person, ConsentPurposes.EmailMarketing, true, "form", RunningEmail.Now));
        }
        alone.Segments["held"] = people;
        await PutAsync("held-teas", new Campaign(new(["held"]), [Variant("a", "Hello")], HoldOut: 0.5), to: alone);
        var preflight = await PostAsync<Preflight>("held-teas", "preflight", alone);
        Assert.Equal(held.Length, preflight.HeldOut);
        await PostAsync<CampaignView>("held-teas", "approve", alone);
        await PostAsync<CampaignView>("held-teas", "launch", alone);
        await SentAsync("held-teas", treated.Length, alone);

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
            Assert.Empty(await MailsAsync("held-teas", person, alone));
        var decisions = await alone.GetAsync<JsonElement>($"/api/v1/email/decisions?customer={held[0]}");
        Assert.Contains(
            decisions.GetProperty("items").EnumerateArray(),
            decision =>
                decision.GetProperty("automation").GetString() == "held-teas" && decision.GetProperty("decision").GetString() == "held-out"
        );
    }

    [Fact]
    public async Task A_paused_campaign_waits_goes_on_and_a_cancelled_one_never_does()
    {
        email.Segments["slow"] = [await email.KnowsAsync(), await email.KnowsAsync()];
        var later = RunningEmail.Now.AddHours(2).ToString("O");
        await ReadyAsync("slow-teas", new(new(["slow"]), [Variant("a", "Slow")], new("at", later), HoldOut: 0));
        Assert.Equal("scheduled", (await PostAsync<CampaignView>("slow-teas", "launch")).Status);
        Assert.Equal("paused", (await PostAsync<CampaignView>("slow-teas", "pause")).Status);
        Assert.Equal("scheduled", (await PostAsync<CampaignView>("slow-teas", "resume")).Status);
        Assert.Equal("cancelled", (await PostAsync<CampaignView>("slow-teas", "cancel")).Status);
        await RefusesAsync("slow-teas", "resume", "campaign-cancelled");
        await RefusesAsync("slow-teas", "launch", "campaign-launched");
    }

    [Fact]
    public async Task A_paused_send_of_a_campaign_leaves_nothing_and_resuming_sends_the_rest()
    {
        var people = new[] { await email.KnowsAsync(), await email.KnowsAsync() };
        email.Segments["night"] = people;
        // Nine in the evening by everybody's clock, tomorrow: the mails wait in the ledger.
        await ReadyAsync("night-teas", new(new(["night"]), [Variant("a", "Night") with { SendTime = LaterToday() }], HoldOut: 0));
        await PostAsync<CampaignView>("night-teas", "launch");
        await RunningEmail.EventuallyAsync(async () => (await ViewAsync("night-teas")).Status == "sending");
        await PostAsync<CampaignView>("night-teas", "pause");
        var paused = await ViewAsync("night-teas");
        Assert.Equal("paused", paused.Sends!.Single().Send.Status);
        await PostAsync<CampaignView>("night-teas", "resume");
        var view = await PostAsync<CampaignView>("night-teas", "cancel");
        Assert.Equal((2, 0), (view.Sends!.Single().Send.Progress.Suppressed, view.Sends!.Single().Send.Progress.Waiting));
    }

    [Fact]
    public async Task Whoever_had_a_campaign_under_another_id_does_not_get_it_again()
    {
        var person = await email.KnowsAsync();
        email.Segments["once"] = [person];
        await email.PostAsync(
            "/api/v1/sends",
            new
            {
                campaign = "once-teas",
                audience = new { recipients = new[] { new { customerId = person } } },
                content = new { subject = "x", text = "x" },
            }
        );
        await PutAsync("once-teas", new Campaign(new(["once"]), [Variant("a", "Once")], HoldOut: 0));

        var preflight = await PostAsync<Preflight>("once-teas", "preflight");

        Assert.Equal(("had-it-before", 1), (preflight.Without.Single().Reason, preflight.Without.Single().People));
        Assert.Contains(preflight.Problems, problem => problem.StartsWith("Nobody would get this", StringComparison.Ordinal));
        await RefusesAsync("once-teas", "approve", "preflight-problems");
    }

    [Fact]
    public async Task Wrong_fields_are_named()
    {
        using var answer = await PutAsync(
            "welcome",
            new Campaign(
                new(BestChannelOnly: true),
                [new("A!", Template: "nothing-of-that-name"), new("b", Subject: "x", Text: "y", Preheader: "z", SendTime: "25:00")],
                new("local", "2026-12-01T09:00:00Z", 0),
                new("guess", "luck"),
                0.7
            )
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        var fields = problem.GetProperty("errors").EnumerateObject().Select(field => field.Name).ToArray();
        Assert.Superset(
            new HashSet<string>
            {
                "name",
                "holdOut",
                "audience.bestChannelOnly",
                "schedule.at",
                "schedule.perMinute",
                "test.method",
                "test.metric",
                "variants[0].key",
                "variants[0].template",
                "variants[1].sendTime",
                "variants[1].template",
            },
            fields.ToHashSet()
        );
    }

    [Fact]
    public async Task A_segment_that_nobody_knows_is_named_and_nothing_is_sent()
    {
        await PutAsync("lost-teas", new Campaign(new(["no-such-segment"]), [Variant("a", "Lost")]));

        using var answer = await email.PostAsync("/api/v1/campaigns/lost-teas/preflight");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("no-such-segment", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
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
        await ReadyAsync(
            "rolled-teas",
            new(
                new(["rolled"]),
                [Variant("a", "A"), Variant("b", "B")],
                Test: new("test-and-roll", TestShare: 0.5, DecideAfterHours: 1),
                HoldOut: 0
            )
        );

        await PostAsync<CampaignView>("rolled-teas", "launch");
        await RunningEmail.EventuallyAsync(async () => (await ViewAsync("rolled-teas")).Stage == "test");
        await SentAsync("rolled-teas", tested.Length);
        // A person clicks in a mail of b: the other variant has nobody who did.
        await ClicksAsync(tested.First(person => arms.Assign(person) == "b"));
        // An hour goes by.
        await email.Database.ExecuteAsync(
            """
            update mails set sent_at = sent_at - interval '1 hour' where automation = 'rolled-teas';
            update campaigns set next_at = now() where name = 'rolled-teas'
            """,
            null,
            Ct
        );
        await RunningEmail.EventuallyAsync(async () => (await ViewAsync("rolled-teas")).Stage == "rolled");
        await SentAsync("rolled-teas", people.Count);

        var view = await ViewAsync("rolled-teas");
        Assert.Equal("b", view.Winner);
        foreach (var person in people.Except(tested))
            Assert.Equal("B", Assert.Single(await MailsAsync("rolled-teas", person)).Subject);
        // Those who waited learnt nobody anything: only the test is compared.
        var results = await email.GetAsync<CampaignResults>("/api/v1/campaigns/rolled-teas/results");
        Assert.Equal(tested.Length, results.Experiment.Arms.Sum(arm => arm.People));
        await email.Database.ExecuteAsync("update campaigns set next_at = now() where name = 'rolled-teas'", null, Ct);
        await RunningEmail.EventuallyAsync(async () => (await ViewAsync("rolled-teas")).Status == "done");
    }

    [Fact]
    public async Task A_bandit_deals_out_batch_after_batch_and_notes_with_which_chance()
    {
        var people = new List<Guid>();
        for (var i = 0; i < 12; i++)
            people.Add(await email.KnowsAsync());
        email.Segments["dealt"] = people;
        await ReadyAsync(
            "dealt-teas",
            new(
                new(["dealt"]),
                [Variant("a", "A"), Variant("b", "B")],
                Test: new("thompson", Batches: 3, EveryHours: 0, DecideAfterHours: 0),
                HoldOut: 0
            )
        );

        await PostAsync<CampaignView>("dealt-teas", "launch");
        await SentAsync("dealt-teas", 12);

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
    }

    private static string LaterToday() =>
        RunningEmail.Now.AddMinutes(-5).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture);

    private async Task ReadyAsync(string name, Campaign campaign)
    {
        using var saved = await PutAsync(name, campaign);
        Assert.True(saved.IsSuccessStatusCode, await saved.Content.ReadAsStringAsync(Ct));
        await PostAsync<Preflight>(name, "preflight");
        await PostAsync<CampaignView>(name, "approve");
    }

    private Task ClicksAsync(Guid person) =>
        email.Database.ExecuteAsync(
            """
            insert into mail_events (id, mail_id, customer_id, template, kind, url, user_agent, is_head, at, label)
            select gen_random_uuid(), id, customer_id, automation, 'click', 'https://tea.example', 'test', false, now(), 'human'
            from mails where customer_id = @Person
            """,
            new { Person = person },
            Ct
        );

    // Not the welcome, which everybody gets too.
    private async Task<IReadOnlyList<MimeMessage>> MailsAsync(string campaign, Guid person, RunningEmail? at = null) =>
        [
            .. (await (at ?? email).OutboxAsync(RunningEmail.AddressOf(person))).Where(mail =>
                mail.Headers["Feedback-ID"]?.StartsWith(campaign + ":", StringComparison.Ordinal) == true
            ),
        ];

    private Task SentAsync(string name, int mails, RunningEmail? at = null) =>
        RunningEmail.EventuallyAsync(async () =>
            await (at ?? email).Database.QuerySingleAsync<int>(
                "select count(*)::int from mails where automation = @Name and status = 'sent'",
                new { Name = name },
                Ct
            ) == mails
        );

    private Task<CampaignView> ViewAsync(string name) => email.GetAsync<CampaignView>($"/api/v1/campaigns/{name}");

    private async Task<HttpResponseMessage> PutAsync(string name, Campaign campaign, string? version = null, RunningEmail? to = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/campaigns/{name}")
        {
            Content = JsonContent.Create(campaign, options: Json.Options),
        };
        if (version is not null)
            request.Headers.TryAddWithoutValidation("If-Match", $"\"{version}\"");
        return await (to ?? email).Http.SendAsync(request, Ct);
    }

    private async Task<T> PostAsync<T>(string name, string wish, RunningEmail? to = null)
    {
        using var answer = await (to ?? email).PostAsync($"/api/v1/campaigns/{name}/{wish}");
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        return (await answer.Content.ReadFromJsonAsync<T>(Json.Options, Ct))!;
    }

    private async Task RefusesAsync(string name, string wish, string slug)
    {
        using var answer = await email.PostAsync($"/api/v1/campaigns/{name}/{wish}");
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.EndsWith(
            slug,
            (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("type").GetString()!,
            StringComparison.Ordinal
        );
    }
}
