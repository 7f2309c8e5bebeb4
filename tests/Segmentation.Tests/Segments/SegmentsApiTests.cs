using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Segmentation.Segments;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Segments;

public sealed class SegmentsApiTests(Shop shop) : IClassFixture<Shop>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lists_every_segment_with_its_size_page_by_page()
    {
        await shop.StartsOver();
        await shop.Hears(shop.Profile(Shop.NewCustomer(), 1), shop.Profile(Shop.NewCustomer(), 2));
        await shop.Evaluates();

        var keys = new List<string>();
        var sizes = new Dictionary<string, long>();
        string? cursor = null;
        do
        {
            var page = await Get<Page<SegmentView>>("/api/v1/segments?limit=5" + (cursor is null ? "" : "&cursor=" + cursor));
            Assert.InRange(page.Items.Count, 1, 5);
            foreach (var segment in page.Items)
                sizes.Add(segment.Key, segment.Size);
            keys.AddRange(page.Items.Select(s => s.Key));
            cursor = page.NextCursor;
        } while (cursor is not null);

        Assert.Equal(13, keys.Count);
        Assert.Equal(keys.Order(StringComparer.Ordinal), keys);
        Assert.Equal((2L, 0L, 0L), (sizes["new"], sizes["lapsed"], sizes["rfm-champions"]));
    }

    [Fact]
    public async Task Members_of_an_rfm_segment_come_with_figures_and_scores()
    {
        await shop.StartsOver();
        var ann = Shop.NewCustomer();
        await shop.Hears(shop.Order(ann, 3, 12.50m), shop.Order(ann, 8, 30), shop.Order(Shop.NewCustomer(), 0, 1));
        await shop.Evaluates();
        var segment = (await shop.SegmentsOf(ann)).Single(key => key.StartsWith("rfm-", StringComparison.Ordinal));

        var members = await Get<Page<JsonElement>>($"/api/v1/segments/{segment}/members");

        var member = members.Items.Single(m => m.GetProperty("customerId").GetGuid() == ann);
        Assert.Equal(3, member.GetProperty("recencyDays").GetInt32());
        Assert.Equal(2, member.GetProperty("frequency").GetInt32());
        Assert.Equal(42.50m, member.GetProperty("monetary").GetDecimal());
        Assert.Equal(
            (1, 3, 3),
            (member.GetProperty("r").GetInt32(), member.GetProperty("f").GetInt32(), member.GetProperty("m").GetInt32())
        );
        Assert.Equal(shop.Clock.GetUtcNow(), member.GetProperty("enteredAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task Members_are_paged_by_key_or_id_and_rule_segments_show_no_scores()
    {
        await shop.StartsOver();
        var customers = Enumerable.Range(0, 5).Select(_ => Shop.NewCustomer()).ToHashSet();
        await shop.Hears([.. customers.Select(c => shop.Order(c, 1))]);
        await shop.Evaluates();
        var id = (await Get<Page<SegmentView>>("/api/v1/segments")).Items.Single(s => s.Key == "new").Id;

        var first = await Get<Page<JsonElement>>($"/api/v1/segments/{id}/members?limit=3");
        var second = await Get<Page<JsonElement>>($"/api/v1/segments/new/members?limit=3&cursor={first.NextCursor}");

        Assert.Equal((3, 2), (first.Items.Count, second.Items.Count));
        Assert.Null(second.NextCursor);
        Assert.Equal(customers, first.Items.Concat(second.Items).Select(m => m.GetProperty("customerId").GetGuid()).ToHashSet());
        Assert.False(first.Items[0].TryGetProperty("r", out _));
    }

    [Fact]
    public async Task Segments_of_one_customer_are_found_by_an_id_that_was_merged_away_too()
    {
        var (ann, old) = (Shop.NewCustomer(), Shop.NewCustomer());
        await shop.Hears(shop.Profile(ann, 1), shop.Profile(old, 2), new CustomersMerged(old, ann, Shop.Start));
        await shop.Evaluates();

        foreach (var id in new[] { ann, old })
            Assert.Equal(["new"], (await Get<Page<SegmentView>>($"/api/v1/segments?customer={id}")).Items.Select(s => s.Key));
        Assert.Empty((await Get<Page<SegmentView>>($"/api/v1/segments?customer={Shop.NewCustomer()}")).Items);
    }

    [Theory]
    [InlineData("/api/v1/segments?limit=0", "limit")]
    [InlineData("/api/v1/segments?cursor=nonsense", "cursor")]
    [InlineData("/api/v1/segments?customer=ann", "customer")]
    [InlineData("/api/v1/segments/new/members?cursor=nonsense", "cursor")]
    [InlineData("/api/v1/segments/new/members?limit=1001", "limit")]
    public async Task A_bad_parameter_is_named(string path, string field)
    {
        using var response = await Send(path, Scope.Read);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal("/problems/validation", problem.GetProperty("type").GetString());
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
    }

    [Fact]
    public async Task An_unknown_segment_is_answered_with_what_to_do()
    {
        using var response = await Send("/api/v1/segments/nobody/members", Scope.Read);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("GET /api/v1/segments lists them", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/segments")]
    [InlineData("/api/v1/segments/new/members")]
    public async Task Segments_are_not_for_the_public_collect_key(string path)
    {
        using var collect = await Send(path, Scope.Collect);
        Assert.Equal(HttpStatusCode.Forbidden, collect.StatusCode);
        using var nobody = await Send(path, null);
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
    }

    private async Task<T> Get<T>(string path)
    {
        using var response = await Send(path, Scope.Read);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Ct));
        return (await response.Content.ReadFromJsonAsync<T>(Ct))!;
    }

    private async Task<HttpResponseMessage> Send(string path, Scope? scope)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (scope is { } granted)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shop.TokenFor(granted));
        return await shop.Http.SendAsync(request, Ct);
    }
}
