using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MarketingPlatform.Email.Automations.Api;
using MarketingPlatform.Platform.Hosting;
using Xunit;

namespace MarketingPlatform.Email.Tests.Automations.Api;

[Collection(HostedEmail.Name)]
public class AutomationApiTests(SharedEmail shared) : IClassFixture<SharedEmail>
{
    private readonly RunningEmail email = shared.Email;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Yaml(string name, string trigger, string key = "event", string steps = "  - send: newsletter") =>
        $"name: {name}\ntrigger: {{{trigger}}}\nkey: {key}\nre-entry: always\nsteps:\n{steps}\n";

    [Fact]
    public async Task A_system_begins_a_journey_by_the_api_once_for_each_key_and_its_data_reach_the_mail()
    {
        var customer = await email.KnowsAsync();
        await SavesAsync("called", Yaml("called", "api: true", steps: "  - send: newsletter"));
        var request = new { customerId = customer, data = new { headline = "Called by a till" } };

        using var first = await email.PostAsync("/api/v1/automations/called/journeys", request, "till-1");
        using var again = await email.PostAsync("/api/v1/automations/called/journeys", request, "till-1");
        using var other = await email.PostAsync("/api/v1/automations/called/journeys", new { customerId = customer }, "till-1");

        var begun = (await first.Content.ReadFromJsonAsync<BegunJourney>(Json.Options, Ct))!;
        var repeated = (await again.Content.ReadFromJsonAsync<BegunJourney>(Json.Options, Ct))!;
        Assert.Equal((true, false), (begun.Accepted, repeated.Accepted));
        Assert.Equal(begun.EventId, repeated.EventId);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        await email.MailsAsync(customer, "called");
        // Beside the welcome.
        var mail = Assert.Single(
            await email.OutboxAsync(RunningEmail.AddressOf(customer)),
            mail => mail.Headers["Feedback-ID"]?.StartsWith("called:", StringComparison.Ordinal) == true
        );
        Assert.Contains("Called by a till", mail.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_customer_is_found_by_address_and_a_stranger_is_refused()
    {
        var customer = await email.KnowsAsync();
        await SavesAsync("by-address", Yaml("by-address", "api: true"));

        using var known = await email.PostAsync(
            "/api/v1/automations/by-address/journeys",
            new { email = RunningEmail.AddressOf(customer) }
        );
        using var stranger = await email.PostAsync("/api/v1/automations/by-address/journeys", new { email = "nobody@nowhere.example" });
        using var both = await email.PostAsync(
            "/api/v1/automations/by-address/journeys",
            new { email = "a@b.example", customerId = customer }
        );

        Assert.Equal(customer, (await known.Content.ReadFromJsonAsync<BegunJourney>(Json.Options, Ct))!.CustomerId);
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (stranger.StatusCode, both.StatusCode));
    }

    [Fact]
    public async Task A_web_hook_lets_in_who_knows_its_address_and_nobody_else()
    {
        var customer = await email.KnowsAsync();
        await SavesAsync("hooked", Yaml("hooked", "web-hook: true"));
        var path = (await email.GetAsync<JsonElement>("/api/v1/automations/hooked/hook")).GetProperty("path").GetString()!;

        using var guessed = await email.Anonymous.PostAsJsonAsync(path[..^4] + "0000", new { customerId = customer }, Ct);
        using var anonymous = await email.Anonymous.GetAsync(new Uri("/api/v1/automations/hooked/hook", UriKind.Relative), Ct);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.Unauthorized), (guessed.StatusCode, anonymous.StatusCode));
        Assert.Empty(await email.MailsAsync(customer, "hooked"));

        using var told = await email.Anonymous.PostAsJsonAsync(path, new { customerId = customer }, Ct);
        Assert.Equal(HttpStatusCode.Accepted, told.StatusCode);
        Assert.Single(await email.MailsAsync(customer, "hooked"));
    }

    [Fact]
    public async Task An_automation_that_begins_another_way_is_not_begun_by_a_call()
    {
        using var welcome = await email.PostAsync("/api/v1/automations/welcome/journeys", new { customerId = await email.KnowsAsync() });
        using var missing = await email.PostAsync("/api/v1/automations/no-such-flow/journeys", new { customerId = Guid.CreateVersion7() });

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.NotFound), (welcome.StatusCode, missing.StatusCode));
        Assert.Contains("begins another way", await welcome.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_who_change_the_same_version_one_is_told()
    {
        var yaml = Yaml("shared", "api: true");
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("shared", yaml, "0")).StatusCode);

        using var late = await PutAsync("shared", yaml, "0");
        using var right = await PutAsync("shared", yaml + "description: Changed\n", "1");
        using var unreadable = await PutAsync("shared", yaml, "newest");

        Assert.Equal(
            (HttpStatusCode.PreconditionFailed, HttpStatusCode.OK, HttpStatusCode.BadRequest),
            (late.StatusCode, right.StatusCode, unreadable.StatusCode)
        );
        Assert.Equal(2, (await email.GetAsync<AutomationView>("/api/v1/automations/shared")).Summary.Version);
    }

    private async Task SavesAsync(string name, string yaml)
    {
        using var saved = await PutAsync(name, yaml);
        Assert.True(saved.IsSuccessStatusCode, await saved.Content.ReadAsStringAsync(Ct));
    }

    private async Task<HttpResponseMessage> PutAsync(string name, string yaml, string? version = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/automations/{name}")
        {
            Content = new StringContent(yaml, Encoding.UTF8, "application/yaml"),
        };
        if (version is not null)
            request.Headers.TryAddWithoutValidation("If-Match", $"\"{version}\"");
        return await email.Http.SendAsync(request, Ct);
    }
}
