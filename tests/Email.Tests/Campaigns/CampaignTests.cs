using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.Email.Campaigns;
using MarketingPlatform.Email.Campaigns.Api;
using MarketingPlatform.Platform.Hosting;
using Xunit;

namespace MarketingPlatform.Email.Tests.Campaigns;

/// <summary>From the draft to the end of a campaign.</summary>
[Collection(HostedEmail.Name)]
public class CampaignTests(SharedEmail shared) : IClassFixture<SharedEmail>
{
    private readonly RunningEmail email = shared.Email;
    private readonly LiveCampaigns campaigns = new(shared.Email);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_campaign_is_counted_approved_and_launched_in_this_order_and_reaches_each_once()
    {
        var anna = await email.KnowsAsync();
        var refused = await email.KnowsAsync(consent: false);
        var left = await email.KnowsAsync();
        email.Segments["tea-lovers"] = [anna, refused, left];
        email.Segments["staff"] = [left];
        var campaign = new Campaign(
            new(["tea-lovers"], ["staff"]),
            [LiveCampaigns.Variant("a", "Autumn teas, {{ customer.first_name }}")],
            HoldOut: 0
        );

        Assert.Equal(HttpStatusCode.OK, (await campaigns.PutAsync("autumn-teas", campaign)).StatusCode);
        await campaigns.RefusesAsync("autumn-teas", "approve", "preflight-first");
        await campaigns.RefusesAsync("autumn-teas", "launch", "not-approved");
        var preflight = await campaigns.PostAsync<Preflight>("autumn-teas", "preflight");
        Assert.Equal((3, 1), (preflight.Audience, preflight.Receives));
        Assert.Equal(["consent-withdrawn", "excluded"], preflight.Without.Select(reason => reason.Reason).Order());
        Assert.Equal(refused, preflight.Without.Single(reason => reason.Reason == "consent-withdrawn").Examples.Single());
        Assert.Equal("Autumn teas, Ada", preflight.Variants.Single().Subject);
        Assert.Empty(preflight.Problems);

        await campaigns.PostAsync<CampaignView>("autumn-teas", "approve");
        await campaigns.PostAsync<CampaignView>("autumn-teas", "launch");
        // The answer was lost: launching again does nothing more.
        await campaigns.PostAsync<CampaignView>("autumn-teas", "launch");
        await campaigns.SentAsync("autumn-teas", 1);

        Assert.Equal("Autumn teas, Anna", Assert.Single(await campaigns.MailsAsync("autumn-teas", anna)).Subject);
        Assert.Empty(await campaigns.MailsAsync("autumn-teas", left));
        var results = await email.GetAsync<CampaignResults>("/api/v1/campaigns/autumn-teas/results");
        Assert.Equal(1, results.Experiment.Arms.Single().People);
        Assert.Equal(["consent-withdrawn", "excluded"], results.Without.Select(reason => reason.Reason).Order());
        await campaigns.RefusesAsync("autumn-teas", "preflight", "campaign-launched");
    }

    [Fact]
    public async Task A_change_takes_approval_and_preflight_back_and_who_comes_late_is_told()
    {
        email.Segments["changed"] = [await email.KnowsAsync()];
        var campaign = new Campaign(new(["changed"]), [LiveCampaigns.Variant("a", "One")], HoldOut: 0);
        Assert.Equal(HttpStatusCode.OK, (await campaigns.PutAsync("changed-teas", campaign, "0")).StatusCode);
        await campaigns.PostAsync<Preflight>("changed-teas", "preflight");
        Assert.Equal("approved", (await campaigns.PostAsync<CampaignView>("changed-teas", "approve")).Status);

        using var late = await campaigns.PutAsync("changed-teas", campaign, "0");
        Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        using var changed = await campaigns.PutAsync("changed-teas", campaign with { Variants = [LiveCampaigns.Variant("a", "Two")] }, "1");
        Assert.Equal("\"2\"", changed.Headers.ETag!.Tag);
        var view = (await changed.Content.ReadFromJsonAsync<CampaignView>(Json.Options, Ct))!;
        Assert.Equal(("draft", null, null), (view.Status, view.Preflight, view.ApprovedBy));
        await campaigns.RefusesAsync("changed-teas", "launch", "not-approved");
    }

    [Fact]
    public async Task A_paused_campaign_waits_goes_on_and_a_cancelled_one_never_does()
    {
        email.Segments["slow"] = [await email.KnowsAsync(), await email.KnowsAsync()];
        var later = RunningEmail.Now.AddHours(2).ToString("O");
        await campaigns.ReadyAsync("slow-teas", new(new(["slow"]), [LiveCampaigns.Variant("a", "Slow")], new("at", later), HoldOut: 0));
        Assert.Equal("scheduled", (await campaigns.PostAsync<CampaignView>("slow-teas", "launch")).Status);
        Assert.Equal("paused", (await campaigns.PostAsync<CampaignView>("slow-teas", "pause")).Status);
        Assert.Equal("scheduled", (await campaigns.PostAsync<CampaignView>("slow-teas", "resume")).Status);
        Assert.Equal("cancelled", (await campaigns.PostAsync<CampaignView>("slow-teas", "cancel")).Status);
        await campaigns.RefusesAsync("slow-teas", "resume", "campaign-cancelled");
        await campaigns.RefusesAsync("slow-teas", "launch", "campaign-launched");
    }

    [Fact]
    public async Task A_paused_send_of_a_campaign_leaves_nothing_and_resuming_sends_the_rest()
    {
        var people = new[] { await email.KnowsAsync(), await email.KnowsAsync() };
        email.Segments["night"] = people;
        // Nine in the evening by everybody's clock, tomorrow: the mails wait in the ledger.
        await campaigns.ReadyAsync(
            "night-teas",
            new(new(["night"]), [LiveCampaigns.Variant("a", "Night") with { SendTime = LaterToday() }], HoldOut: 0)
        );
        await campaigns.PostAsync<CampaignView>("night-teas", "launch");
        await RunningEmail.EventuallyAsync(async () => (await campaigns.ViewAsync("night-teas")).Status == "sending");
        await campaigns.PostAsync<CampaignView>("night-teas", "pause");
        var paused = await campaigns.ViewAsync("night-teas");
        Assert.Equal("paused", paused.Sends!.Single().Send.Status);
        await campaigns.PostAsync<CampaignView>("night-teas", "resume");
        var view = await campaigns.PostAsync<CampaignView>("night-teas", "cancel");
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
        await campaigns.PutAsync("once-teas", new Campaign(new(["once"]), [LiveCampaigns.Variant("a", "Once")], HoldOut: 0));

        var preflight = await campaigns.PostAsync<Preflight>("once-teas", "preflight");

        Assert.Equal(("had-it-before", 1), (preflight.Without.Single().Reason, preflight.Without.Single().People));
        Assert.Contains(preflight.Problems, problem => problem.StartsWith("Nobody would get this", StringComparison.Ordinal));
        await campaigns.RefusesAsync("once-teas", "approve", "preflight-problems");
    }

    [Fact]
    public async Task Wrong_fields_are_named()
    {
        using var answer = await campaigns.PutAsync(
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
    public async Task A_variant_that_is_null_is_named_too()
    {
        using var answer = await campaigns.PutAsync("null-teas", new Campaign(new(), [null!]));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("variants", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_segment_that_nobody_knows_is_named_and_nothing_is_sent()
    {
        await campaigns.PutAsync("lost-teas", new Campaign(new(["no-such-segment"]), [LiveCampaigns.Variant("a", "Lost")]));

        using var answer = await email.PostAsync("/api/v1/campaigns/lost-teas/preflight");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("no-such-segment", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    private static string LaterToday() =>
        RunningEmail.Now.AddMinutes(-5).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture);
}
