using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.Platform.Security;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Fairness;

public sealed class ShowFairnessTests(Shop shop) : IClassFixture<Shop>, IAsyncLifetime
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await shop.StartsOver();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Members_orders_and_scores_are_counted_by_group_and_who_is_not_known_counts_in_none()
    {
        var people = Enumerable.Range(0, 8).Select(_ => Shop.NewCustomer()).ToArray();
        // Four in Germany, three in Austria, one of whom nobody knows the country.
        await shop.Hears([
            .. people.Select(
                (id, i) =>
                    shop.Profile(
                        id,
                        100 + i,
                        country: i < 4 ? "DE"
                            : i < 7 ? "AT"
                            : null
                    )
            ),
        ]);
        await shop.Defines("old", "not first_seen in last 102d");
        await shop.Hears(shop.Order(people[3], 0), shop.Order(people[4], 40), shop.Order(people[0], 0));
        await shop.Db.ExecuteAsync(
            "insert into scores select id, 'churn', n / 10.0, now() from unnest(@Ids::uuid[]) with ordinality as s (id, n)",
            new { Ids = people.Skip(2).Take(4).ToArray() },
            Ct
        );

        Assert.Equal([("at", 3, 3), ("de", 4, 2)], await Regions("membership"));
        // Of the members, who ordered after they came: the one order, not the one of before.
        Assert.Equal([("at", 3, 0), ("de", 2, 1)], await Regions("order"));
        Assert.Equal([("at", 2, 2), ("de", 2, 0)], await Regions("score&score=churn&least=0.3"));
    }

    private async Task<(string, int, int)[]> Regions(string of)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/segments/old/fairness?of=" + of);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shop.TokenFor(Scope.Read));
        using var answer = await shop.Http.SendAsync(request, Ct);
        var fairness = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(Ct);
        return
        [
            .. fairness
                .GetProperty("attributes")
                .EnumerateArray()
                .Single(a => a.GetProperty("attribute").GetString() == "region")
                .GetProperty("groups")
                .EnumerateArray()
                .Select(g =>
                    (g.GetProperty("group").GetString()!, g.GetProperty("customers").GetInt32(), g.GetProperty("selected").GetInt32())
                ),
        ];
    }
}
