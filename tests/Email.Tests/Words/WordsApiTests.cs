using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Words;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.TestInfrastructure;
using Microsoft.AspNetCore.Http;
using Xunit;
using static MarketingPlatform.Email.Tests.RunningEmail;

namespace MarketingPlatform.Email.Tests.Words;

/// <summary>A service whose drafter talks to a stand-in of the public chat-completions API.</summary>
public sealed class DraftingEmail : IAsyncLifetime
{
    internal FakeChatApi Model { get; private set; } = null!;

    internal RunningEmail Email { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Model = await FakeChatApi.StartAsync();
        Email = await StartAsync(
            settings: [("Email:Drafter:Endpoint", Model.Endpoint), ("Email:Drafter:Model", "small"), ("Email:Drafter:ApiKey", "secret")]
        );
        Email.Others.FindProduct = id =>
            id == "T1" ? Results.Ok(new ProductFact("T1", "Green tea", "Tea", 12.5m, "EUR", true)) : Results.NotFound();
    }

    public async ValueTask DisposeAsync()
    {
        await Email.DisposeAsync();
        await Model.DisposeAsync();
    }
}

[Collection(HostedEmail.Name)]
public sealed class WordsApiTests(DraftingEmail drafting) : IClassFixture<DraftingEmail>
{
    private readonly FakeChatApi model = drafting.Model;
    private readonly RunningEmail email = drafting.Email;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Task<HttpResponseMessage> DraftAsync(params string[] products) =>
        email.Writer.PostAsJsonAsync(
            "/api/v1/words/drafts",
            new DraftRequest(WordKind.Subject, WordAngle.Price, products),
            Json.Options,
            Ct
        );

    private async Task<IReadOnlyList<WordVariant>> VariantsAsync(object request)
    {
        using var answer = await email.Http.PostAsJsonAsync("/api/v1/words/variants", request, Json.Options, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        return (await answer.Content.ReadFromJsonAsync<Page<WordVariant>>(Json.Options, Ct))!.Items;
    }

    [Fact]
    public async Task A_draft_is_used_once_a_person_approves_it_and_a_false_one_never_gets_there()
    {
        model.Answer = """{"drafts": ["Green tea for €12.50", "Green tea, now 50% off"]}""";

        using var answer = await DraftAsync("T1");
        var result = (await answer.Content.ReadFromJsonAsync<DraftResult>(Json.Options, Ct))!;

        var proposed = Assert.Single(result.Proposed);
        Assert.Equal(("Green tea for €12.50", "proposed", "drafter"), (proposed.Text, proposed.Status, proposed.Source));
        Assert.Contains("50", Assert.Single(result.Refused).Faults[0]);
        Assert.DoesNotContain(await VariantsAsync(new { angle = "price", count = 20 }), v => v.Words["subject"] == proposed.Text);

        using var approved = await email.Writer.PostAsync(new Uri($"/api/v1/words/{proposed.Id}/approve", UriKind.Relative), null, Ct);
        Assert.Equal(HttpStatusCode.NoContent, approved.StatusCode);
        Assert.Contains(await VariantsAsync(new { angle = "price", count = 20 }), v => v.Words["subject"] == proposed.Text);
    }

    [Fact]
    public async Task The_model_hears_facts_of_the_catalogue_and_the_key_goes_only_to_it()
    {
        model.Answer = """{"drafts": []}""";
        await DraftAsync("T1");

        Assert.Equal("Bearer secret", model.LastKey);
        Assert.Contains("Green tea", model.LastBody);
        Assert.Contains("\"model\":\"small\"", model.LastBody);
    }

    [Fact]
    public async Task An_unknown_product_is_not_written_about()
    {
        using var answer = await DraftAsync("nothing");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_model_that_talks_instead_is_told_of()
    {
        model.Answer = "I would rather not.";
        using var answer = await DraftAsync("T1");
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("drafts", await answer.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task A_person_adds_words_and_says_what_moves_a_segment()
    {
        using var added = await email.Writer.PostAsJsonAsync(
            "/api/v1/words",
            new NewWord(WordKind.Subject, WordAngle.Occasion, "en", "{{ customer.first_name | default: 'You' }}: a day to celebrate"),
            Json.Options,
            Ct
        );
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        using var motives = await email.Writer.PutAsJsonAsync(
            "/api/v1/words/motives",
            new Dictionary<string, WordAngle> { ["lapsed"] = WordAngle.Occasion },
            Json.Options,
            Ct
        );
        Assert.True(motives.IsSuccessStatusCode, await motives.Content.ReadAsStringAsync(Ct));

        var variants = await VariantsAsync(new { segment = "lapsed", count = 20 });

        Assert.All(variants, variant => Assert.Equal(WordAngle.Occasion, variant.Angle));
        Assert.Contains(variants, variant => variant.Words["subject"].EndsWith("a day to celebrate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Words_that_are_no_liquid_are_refused()
    {
        using var answer = await email.Writer.PostAsJsonAsync(
            "/api/v1/words",
            new NewWord(WordKind.Greeting, null, "en", "{% if %}"),
            Json.Options,
            Ct
        );
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }
}

/// <summary>Without an endpoint there is no drafter, and everything else works.</summary>
[Collection(HostedEmail.Name)]
public sealed class NoDrafterTests(SharedEmail shared) : IClassFixture<SharedEmail>
{
    [Fact]
    public async Task Drafts_are_off_unless_somebody_turns_them_on()
    {
        using var answer = await shared.Email.Writer.PostAsJsonAsync(
            "/api/v1/words/drafts",
            new DraftRequest(WordKind.Greeting, null, ["T1"]),
            Json.Options,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("Email:Drafter:Endpoint", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
