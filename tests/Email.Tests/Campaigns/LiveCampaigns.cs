using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.Email.Campaigns;
using MarketingPlatform.Email.Campaigns.Api;
using MarketingPlatform.Platform.Hosting;
using MimeKit;
using Xunit;

namespace MarketingPlatform.Email.Tests.Campaigns;

/// <summary>What a marketer does with campaigns of a running service, and what became of them.</summary>
internal sealed class LiveCampaigns(RunningEmail email)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static CampaignVariant Variant(string key, string subject) =>
        new(key, Subject: subject, Text: $"Text of {key} for {{{{ customer.first_name }}}}");

    /// <summary>New customers who agreed to mail, as a segment.</summary>
    public async Task<IReadOnlyList<Guid>> AudienceAsync(string segment, int people)
    {
        List<Guid> members = [];
        for (var i = 0; i < people; i++)
            members.Add(await email.KnowsAsync());
        return email.Segments[segment] = members;
    }

    /// <summary>Saved, counted and approved.</summary>
    public async Task ReadyAsync(string name, Campaign campaign)
    {
        using var saved = await PutAsync(name, campaign);
        Assert.True(saved.IsSuccessStatusCode, await saved.Content.ReadAsStringAsync(Ct));
        await PostAsync<Preflight>(name, "preflight");
        await PostAsync<CampaignView>(name, "approve");
    }

    public Task<CampaignView> ViewAsync(string name) => email.GetAsync<CampaignView>($"/api/v1/campaigns/{name}");

    public async Task<HttpResponseMessage> PutAsync(string name, Campaign campaign, string? version = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/campaigns/{name}")
        {
            Content = JsonContent.Create(campaign, options: Json.Options),
        };
        if (version is not null)
            request.Headers.TryAddWithoutValidation("If-Match", $"\"{version}\"");
        return await email.Http.SendAsync(request, Ct);
    }

    public async Task<T> PostAsync<T>(string name, string wish)
    {
        using var answer = await email.PostAsync($"/api/v1/campaigns/{name}/{wish}");
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        return (await answer.Content.ReadFromJsonAsync<T>(Json.Options, Ct))!;
    }

    public async Task RefusesAsync(string name, string wish, string slug)
    {
        using var answer = await email.PostAsync($"/api/v1/campaigns/{name}/{wish}");
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.EndsWith(
            slug,
            (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("type").GetString()!,
            StringComparison.Ordinal
        );
    }

    public Task SentAsync(string name, int mails) =>
        RunningEmail.EventuallyAsync(async () =>
            await email.Database.QuerySingleAsync<int>(
                "select count(*)::int from mails where automation = @Name and status = 'sent'",
                new { Name = name },
                Ct
            ) == mails
        );

    /// <summary>Mails of the campaign that a person got: not the welcome, which everybody gets too.</summary>
    public async Task<IReadOnlyList<MimeMessage>> MailsAsync(string campaign, Guid person) =>
        [
            .. (await email.OutboxAsync(RunningEmail.AddressOf(person))).Where(mail =>
                mail.Headers["Feedback-ID"]?.StartsWith(campaign + ":", StringComparison.Ordinal) == true
            ),
        ];

    /// <summary>A person follows a link of each mail that they got.</summary>
    public Task ClicksAsync(Guid person) =>
        email.Database.ExecuteAsync(
            """
            insert into mail_events (id, mail_id, customer_id, template, kind, url, user_agent, is_head, at, label)
            select gen_random_uuid(), id, customer_id, automation, 'click', 'https://tea.example', 'test', false, now(), 'human'
            from mails where customer_id = @Person
            """,
            new { Person = person },
            Ct
        );
}
