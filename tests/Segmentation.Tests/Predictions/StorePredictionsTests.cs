using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using MarketingPlatform.Platform.Security;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Predictions;

public sealed class StorePredictionsTests(Shop shop) : IClassFixture<Shop>, IAsyncLifetime
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await shop.StartsOver();
        await shop.Db.ExecuteAsync("delete from predictions; update segmentation_settings set barred_from_ads = '{age,gender}'", null, Ct);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_rule_follows_the_latest_score_and_who_has_none_is_not_known()
    {
        var (ann, bob) = (Shop.NewCustomer(), Shop.NewCustomer());
        await shop.Hears(shop.Profile(ann, 10), shop.Profile(bob, 10));
        await shop.Defines("leaving", "score.churn > 0.5");
        await shop.Defines("staying", "not score.churn > 0.5");
        var now = shop.Clock.GetUtcNow();

        Assert.Equal(1, await Put("churn", now, (ann, 0.9m)));
        await shop.FollowsRules();
        Assert.Equal(["leaving"], await Made(ann));
        Assert.Empty(await Made(bob));

        Assert.Equal(0, await Put("churn", now.AddHours(-1), (ann, 0.1m)));
        await shop.FollowsRules();
        Assert.Equal(["leaving"], await Made(ann));

        Assert.Equal(1, await Put("churn", now, (ann, 0.1m)));
        await shop.FollowsRules();
        Assert.Equal(["staying"], await Made(ann));
        Assert.All((await shop.Get<Segmentation.Rules.ShadowRecompute>().RunAsync(Ct)).Values, differing => Assert.Equal(0, differing));
    }

    [Fact]
    public async Task Bad_scores_are_refused_and_say_what_to_do()
    {
        var id = Shop.NewCustomer();
        using var name = await Send(HttpMethod.Put, "/api/v1/predictions/Churn!", Body(null, (id, 1)));
        Assert.Contains("score.NAME", await name.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        using var future = await Send(
            HttpMethod.Put,
            "/api/v1/predictions/churn",
            new
            {
                modelVersion = "1",
                scores = new[]
                {
                    new
                    {
                        customerId = id,
                        score = 1,
                        at = shop.Clock.GetUtcNow().AddHours(1),
                    },
                },
            }
        );
        Assert.Contains("scores[0].at", await future.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        using var empty = await Send(HttpMethod.Put, "/api/v1/predictions/churn", new { modelVersion = "", scores = Array.Empty<int>() });
        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
    }

    [Fact]
    public async Task A_segment_meant_for_ads_uses_no_barred_attribute_neither_itself_nor_through_others_nor_through_a_prediction()
    {
        await Put("churn", shop.Clock.GetUtcNow(), (Shop.NewCustomer(), 0.5m));
        Assert.Contains("At character 1: 'age' is barred", await Refused("age > 30"), StringComparison.Ordinal);
        Assert.Contains("Nobody said what the prediction 'churn' is made of", await Refused("score.churn > 0.5"), StringComparison.Ordinal);
        await shop.Defines("grown", "age > 30");
        Assert.Contains(
            "The segment 'grown' cannot be used for ads: 'age'",
            await Refused("in segment \"grown\""),
            StringComparison.Ordinal
        );

        await Send(HttpMethod.Put, "/api/v1/predictions/churn", Body(["orders", "visits"], (Shop.NewCustomer(), 1)));
        using (var made = await Create("score.churn > 0.5"))
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);

        // What is used for ads cannot be given a barred attribute afterwards.
        using var features = await Send(HttpMethod.Put, "/api/v1/predictions/churn", Body(["age"], (Shop.NewCustomer(), 1)));
        Assert.Equal(HttpStatusCode.Conflict, features.StatusCode);
        using (var local = await Create("country = \"de\"", "local"))
            Assert.Equal(HttpStatusCode.Created, local.StatusCode);
        using var bar = await Send(HttpMethod.Put, "/api/v1/segments/settings", new { barredFromAds = new[] { "age", "country" } });
        Assert.Contains("local", await bar.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        using var free = await Send(HttpMethod.Put, "/api/v1/segments/settings", new { barredFromAds = Array.Empty<string>() });
        Assert.Equal(HttpStatusCode.OK, free.StatusCode);
        using var allowed = await Create("age > 30", "older");
        Assert.Equal(HttpStatusCode.Created, allowed.StatusCode);
    }

    private async Task<string> Refused(string text)
    {
        using var answer = await Create(text);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(Ct);
        return problem.GetProperty("errors").GetProperty("text")[0].GetString()!;
    }

    private Task<HttpResponseMessage> Create(string text, string key = "audience") =>
        Send(
            HttpMethod.Post,
            "/api/v1/segments",
            new
            {
                key,
                name = key,
                text,
                forAds = true,
            }
        );

    private async Task<int> Put(string name, DateTimeOffset at, params (Guid Id, decimal Score)[] scores)
    {
        using var answer = await Send(
            HttpMethod.Put,
            "/api/v1/predictions/" + name,
            new
            {
                modelVersion = "1",
                scores = scores.Select(s => new
                {
                    customerId = s.Id,
                    score = s.Score,
                    at,
                }),
            }
        );
        var stored = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(Ct);
        return stored.GetProperty("accepted").GetInt32();
    }

    private static object Body(string[]? features, params (Guid Id, decimal Score)[] scores) =>
        new
        {
            modelVersion = "2",
            features,
            scores = scores.Select(s => new { customerId = s.Id, score = s.Score }),
        };

    private async Task<string[]> Made(Guid customer) => [.. (await shop.RulesOf(customer)).Where(key => key is "leaving" or "staying")];

    private async Task<HttpResponseMessage> Send(HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shop.TokenFor(Scope.Write));
        return await shop.Http.SendAsync(request, Ct);
    }
}
