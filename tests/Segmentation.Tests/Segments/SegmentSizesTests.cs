using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.Platform.Security;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Segments;

public sealed class SegmentSizesTests(Shop shop) : IClassFixture<Shop>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_last_evaluation_of_a_day_says_how_large_a_segment_was()
    {
        await shop.StartsOver();
        await shop.Hears(shop.Profile(Shop.NewCustomer(), 1));
        await shop.Evaluates();
        await shop.Hears(shop.Profile(Shop.NewCustomer(), 1), shop.Profile(Shop.NewCustomer(), 1));
        await shop.Evaluates();

        using var answer = await GetAsync("/api/v1/segments/new/sizes?days=7");
        var days = (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("days");

        var today = Assert.Single(days.EnumerateArray());
        Assert.Equal(3, today.GetProperty("size").GetInt64());
        Assert.Matches(@"^\d{4}-\d\d-\d\d$", today.GetProperty("day").GetString());
    }

    [Theory]
    [InlineData("/api/v1/segments/new/sizes?days=0", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/segments/no-such-segment/sizes", HttpStatusCode.NotFound)]
    public async Task Days_out_of_range_and_unknown_segments_are_named(string path, HttpStatusCode status)
    {
        await shop.Evaluates();
        using var answer = await GetAsync(path);

        Assert.Equal(status, answer.StatusCode);
    }

    private async Task<HttpResponseMessage> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shop.TokenFor(Scope.Read));
        return await shop.Http.SendAsync(request, Ct);
    }
}
