using System.Net;
using System.Net.Http.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Recommendation.Catalogue;
using Microsoft.AspNetCore.Mvc;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Catalogue;

public sealed class UpsertProductsTests(RunningService service) : IClassFixture<RunningService>
{
    private static CancellationToken Ct => RunningService.Ct;

    [Fact]
    public async Task Good_products_are_stored_and_bad_ones_refused_with_place_and_reason()
    {
        var result = await service.UpsertAsync(new("upsert/1", "Lamp", "Light", 20, "EUR"), new("upsert/2", "Shade", Price: -1));

        Assert.Equal(1, result.Accepted);
        var rejection = Assert.Single(result.Rejected);
        Assert.Equal((1, "upsert/2"), (rejection.Index, rejection.ProductId));
        Assert.StartsWith("price", rejection.Reason, StringComparison.Ordinal);
        var stored = await GetAsync("upsert/1");
        Assert.Equal(("Lamp", 20m, false, 1L), (stored.Name, stored.Price, stored.Inferred, stored.Version));
    }

    [Fact]
    public async Task The_same_content_twice_publishes_one_change()
    {
        var changes = await service.ListenAsync<ProductChanged>();
        await service.UpsertAsync(new ProductUpsert("twice", "Chair", Price: 5));
        await service.UpsertAsync(new ProductUpsert("twice", "Chair", Price: 5.00m));
        Assert.Equal(1, (await GetAsync("twice")).Version);

        await service.UpsertAsync(new ProductUpsert("twice", "Chair", Price: 6));
        Assert.Equal(2, (await GetAsync("twice")).Version);
        // The outbox may still hold what other tests changed.
        var heard = await changes.ReadAllAsync(Ct).Where(c => c.ProductId == "twice").Take(2).ToArrayAsync(Ct);
        Assert.Equal([(1L, 5m), (2L, 6m)], heard.OrderBy(c => c.Version).Select(c => (c.Version, c.Price!.Value)));
    }

    [Fact]
    public async Task What_the_shop_says_wins_over_what_orders_say()
    {
        await service.OrdersAsync(Orders.Order(Orders.NewCustomer(), Orders.Day, "inferred"));
        var inferred = await GetAsync("inferred");
        Assert.Equal(("The inferred", 10m, true, 0L), (inferred.Name, inferred.Price, inferred.Inferred, inferred.Version));

        await service.UpsertAsync(new ProductUpsert("inferred", "Official name", Price: 12));
        await service.OrdersAsync(Orders.Order(Orders.NewCustomer(), Orders.Day.AddDays(1), "inferred"));

        var official = await GetAsync("inferred");
        Assert.Equal(("Official name", 12m, false, 1L), (official.Name, official.Price, official.Inferred, official.Version));
    }

    [Fact]
    public async Task Pages_lead_through_the_whole_catalogue_without_repetition()
    {
        await service.UpsertAsync([.. Enumerable.Range(0, 5).Select(n => new ProductUpsert("page-" + n, "Page " + n))]);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await service
                .Client(Scope.Read)
                .GetFromJsonAsync<Page<ProductView>>(
                    new Uri($"{Routes.Products}?limit=2&cursor={cursor}", UriKind.Relative),
                    Json.Options,
                    Ct
                );
            Assert.True(page!.Items.Count <= 2);
            seen.AddRange(page.Items.Select(p => p.ProductId));
            cursor = page.NextCursor;
        } while (cursor is not null);

        Assert.Equal(seen.Distinct().Count(), seen.Count);
        Assert.Equal(5, seen.Count(id => id.StartsWith("page-", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("{}", "validation")]
    [InlineData("""{"products":[]}""", "validation")]
    [InlineData("""{"products":[{"productId":1}]}""", "malformed-json")]
    [InlineData("{", "malformed-json")]
    public async Task A_body_that_is_no_list_of_products_is_answered_with_what_to_do(string body, string slug)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await service.Client(Scope.Write).PostAsync(new Uri(Routes.Products, UriKind.Relative), content, Ct);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<ProblemDetails>(Json.Options, Ct);
        Assert.Equal("/problems/" + slug, problem!.Type);
    }

    [Theory]
    [InlineData("tea/1", "tea%2F1")]
    [InlineData("tea/2", "tea/2")]
    [InlineData("100%2Foff", "100%252Foff")]
    [InlineData("茶 ☕?#+", "%E8%8C%B6%20%E2%98%95%3F%23%2B")]
    public async Task A_product_is_found_by_its_escaped_id(string id, string escaped)
    {
        await service.UpsertAsync(new ProductUpsert(id, "Found"));

        Assert.Equal(id, (await GetAsync(escaped)).ProductId);
    }

    [Fact]
    public async Task A_removed_product_is_gone_from_catalogue_feeds_and_answers_until_it_is_sent_again()
    {
        var gone = new ProductUpsert("gone/1", "Gone", "Gone", 5, Url: "https://shop.example/g", ImageUrl: "https://shop.example/g.jpg");
        await service.UpsertAsync(gone);
        var client = service.Client(Scope.Write);
        var heard = await service.ListenAsync<ProductChanged>();
        using var removed = await client.DeleteAsync(Address("gone%2F1"), Ct);
        using var again = await client.DeleteAsync(Address("gone%2F1"), Ct);
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (removed.StatusCode, again.StatusCode));

        // An order of somebody who still had it in the cart does not bring it back.
        await service.OrdersAsync(Orders.Order(Orders.NewCustomer(), Orders.Day, "gone/1"));
        await service.RefreshAsync();
        using var unknown = await service.Client(Scope.Read).GetAsync(Address("gone%2F1"), Ct);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Empty((await service.RecommendAsync("?filter=category:Gone")).Items);
        await PutEverythingAsync();
        Assert.Empty((await service.RecommendAsync("?placement=everything&filter=category:Gone")).Items);
        var feed = await service.Client(Scope.Read).GetStringAsync(new Uri(Routes.Feeds + "/google.tsv", UriKind.Relative), Ct);
        Assert.DoesNotContain("gone/1", feed, StringComparison.Ordinal);
        ProductChanged change;
        do
        {
            change = await heard.ReadAsync(Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Ct);
        } while (change is not { ProductId: "gone/1", InStock: false });

        await service.UpsertAsync(gone);
        Assert.Equal("gone/1", Assert.Single((await service.RecommendAsync("?filter=category:Gone")).Items).ProductId);
        Assert.True((await GetAsync("gone%2F1")).Version > change.Version);
    }

    /// <summary>A placement that shows what is out of stock too.</summary>
    private async Task PutEverythingAsync()
    {
        using var put = await service
            .Client(Scope.Write)
            .PutAsJsonAsync(
                new Uri(Routes.Recommendations + "/placements/everything", UriKind.Relative),
                new { inStockOnly = false },
                Json.Options,
                Ct
            );
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
    }

    private static Uri Address(string id) => new($"{Routes.Products}/{id}", UriKind.Relative);

    [Fact]
    public async Task A_list_of_products_without_any_or_with_null_is_fine()
    {
        using var content = new StringContent("""{"products":[null]}""", System.Text.Encoding.UTF8, "application/json");
        using var response = await service.Client(Scope.Write).PostAsync(new Uri(Routes.Products, UriKind.Relative), content, Ct);

        var result = await response.Content.ReadFromJsonAsync<ProductUpsertResult>(Json.Options, Ct);
        Assert.Equal(0, result!.Accepted);
        Assert.Single(result.Rejected);
    }

    [Fact]
    public async Task Reading_keys_may_not_write_and_strangers_may_not_read()
    {
        using var forbidden = await service
            .Client(Scope.Read)
            .PostAsJsonAsync(new Uri(Routes.Products, UriKind.Relative), new ProductUpserts([new("x", "X")]), Ct);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);

        var stranger = service.Client(Scope.Read);
        stranger.DefaultRequestHeaders.Authorization = null;
        using var unauthorized = await stranger.GetAsync(new Uri(Routes.Products, UriKind.Relative), Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, unauthorized.StatusCode);
    }

    private async Task<ProductView> GetAsync(string id) =>
        (
            await service
                .Client(Scope.Read)
                .GetFromJsonAsync<ProductView>(new Uri($"{Routes.Products}/{id}", UriKind.Relative), Json.Options, Ct)
        )!;
}
