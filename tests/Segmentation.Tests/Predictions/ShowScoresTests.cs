using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Segmentation;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Predictions;

public sealed class ShowScoresTests(Shop shop) : IClassFixture<Shop>, IAsyncLifetime
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await shop.StartsOver();
        await shop.Db.ExecuteAsync("delete from predictions", null, Ct);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Scores_of_every_id_of_a_person_are_shown_with_their_age_the_latest_of_each_name()
    {
        var (ann, old) = (Shop.NewCustomer(), Shop.NewCustomer());
        await shop.Hears(shop.Profile(ann, 10), shop.Profile(old, 10), new CustomersMerged(old, ann, Shop.Start));
        var now = shop.Clock.GetUtcNow();
        await Put("churn", "7", (ann, 0.25m, now.AddHours(-2)), (old, 0.75m, now.AddHours(-1)));
        await Put("value", "2", (old, 120m, now.AddDays(-3)));

        foreach (var id in new[] { ann, old })
        {
            var shown = (await Get(id)).Items.Where(score => score.Name.StartsWith("score.", StringComparison.Ordinal));
            Assert.Equal(
                [("score.churn", 0.75m, "7", now.AddHours(-1)), ("score.value", 120m, "2", now.AddDays(-3))],
                shown.Select(score => (score.Name, score.Value, score.ModelVersion!, score.At))
            );
        }
        Assert.Empty((await Get(Shop.NewCustomer())).Items);
    }

    [Fact]
    public async Task Without_a_customer_the_question_is_refused()
    {
        using var answer = await Ask("");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("customer", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    private async Task<CustomerScores> Get(Guid customer)
    {
        using var answer = await Ask($"?customer={customer}");
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<CustomerScores>(Json.Options, Ct))!;
    }

    private async Task<HttpResponseMessage> Ask(string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/predictions/scores" + query);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shop.TokenFor(Scope.Read));
        return await shop.Http.SendAsync(request, Ct);
    }

    private async Task Put(string name, string version, params (Guid CustomerId, decimal Score, DateTimeOffset At)[] scores)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/predictions/" + name)
        {
            Content = JsonContent.Create(
                new
                {
                    modelVersion = version,
                    scores = scores.Select(s => new
                    {
                        s.CustomerId,
                        s.Score,
                        s.At,
                    }),
                },
                options: Json.Options
            ),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shop.TokenFor(Scope.Write));
        using var answer = await shop.Http.SendAsync(request, Ct);
        answer.EnsureSuccessStatusCode();
    }
}
