using System.Globalization;
using System.Net.Http.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Customers.Imports;

/// <summary>The catalogue belongs to Recommendation: products that are imported here go there.</summary>
internal sealed class CatalogueClient(HttpClient http)
{
    public async Task<ProductUpsertResult> UpsertAsync(IReadOnlyList<ProductUpsert> products, CancellationToken ct)
    {
        using var response = await http.PostAsJsonAsync(Routes.Products, new ProductUpserts(products), Json.Options, ct);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<ProductUpsertResult>(Json.Options, ct))!;
    }
}

/// <summary>Products from a file.</summary>
internal sealed class ImportProducts(CatalogueClient catalogue, string? currency)
{
    private const int ProductsPerCall = 500;

    public static readonly IReadOnlyDictionary<string, string[]> Columns = new Dictionary<string, string[]>
    {
        ["product"] = ["product_id", "id", "sku", "stock_code", "handle"],
        ["name"] = ["title", "product_name", "description"],
        ["category"] = ["product_type", "product_category", "type"],
        ["price"] = ["unit_price", "variant_price"],
        ["currency"] = [],
        ["url"] = ["link"],
        ["image_url"] = ["image_link", "image_src", "image"],
        ["in_stock"] = ["availability"],
    };

    public async Task RunAsync(CsvTable table, ImportReport report, Func<Task> progress, CancellationToken ct)
    {
        var chunk = new List<ProductUpsert>();
        while (await table.ReadAsync())
        {
            report.Lines.Read++;
            var price = table["price"];
            if (table["product"] is not { } id)
                report.Reject("no-product-id");
            else if (table["name"] is not { } name)
                report.Reject("no-name");
            else if (price is not null && !decimal.TryParse(price, NumberStyles.Number, CultureInfo.InvariantCulture, out _))
                report.Reject("bad-price");
            else
                chunk.Add(
                    new ProductUpsert(
                        id,
                        name,
                        table["category"],
                        price is null ? null : decimal.Parse(price, NumberStyles.Number, CultureInfo.InvariantCulture),
                        table["currency"] ?? currency,
                        table["url"],
                        table["image_url"],
                        table["in_stock"]?.ToLowerInvariant() is not ("false" or "no" or "0" or "out of stock" or "out_of_stock")
                    )
                );
            if (chunk.Count == ProductsPerCall)
            {
                await SendAsync(chunk, report, ct);
                await progress();
                chunk.Clear();
            }
        }
        if (chunk.Count > 0)
            await SendAsync(chunk, report, ct);
    }

    private async Task SendAsync(List<ProductUpsert> chunk, ImportReport report, CancellationToken ct)
    {
        var result = await catalogue.UpsertAsync(chunk, ct);
        report.Lines.Accepted += result.Accepted;
        foreach (var rejection in result.Rejected)
            report.Reject(rejection.Reason);
    }
}
