using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Imports;

public sealed class CancelImportTests(Shop shop)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_import_that_is_cancelled_stops_keeps_what_it_stored_and_says_so()
    {
        var run = Shop.NewId("cancel");
        using var file = new FileInTwoParts(run, () => CancelAsync(run));

        using var answer = await shop.Http.PostAsync($"/api/v1/imports?kind=customers&name={run}", file, Ct);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonObject>(Ct);
        Assert.Equal("/problems/import-cancelled", (string?)problem!["type"]);
        var import = await FindAsync(run);
        Assert.Equal("cancelled", (string?)import!["status"]);
        Assert.InRange((int)import["lines"]!["accepted"]!, 1, 2 * FileInTwoParts.RowsPerPart - 1);
        await shop.CustomerOf($"{run}-0");
    }

    [Fact]
    public async Task What_does_not_run_cannot_be_cancelled()
    {
        using var answer = await shop.Http.PostAsync($"/api/v1/imports/{Guid.CreateVersion7()}/cancel", null, Ct);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private async Task CancelAsync(string name)
    {
        JsonObject? import;
        while ((import = await FindAsync(name)) is null)
            await Task.Yield();
        using var answer = await shop.Http.PostAsync($"/api/v1/imports/{(string)import["id"]!}/cancel", null, Ct);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    private async Task<JsonObject?> FindAsync(string name)
    {
        var page = await shop.Http.GetFromJsonAsync<JsonObject>("/api/v1/imports", Ct);
        return page!["items"]!.AsArray().Select(item => item!.AsObject()).FirstOrDefault(item => (string?)item["name"] == name);
    }

    /// <summary>Its second part is sent when something else has happened.</summary>
    private sealed class FileInTwoParts(string run, Func<Task> between) : HttpContent
    {
        public const int RowsPerPart = 3_000;

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await WriteAsync(stream, "Customer ID\n" + Rows(0));
            await between();
            await WriteAsync(stream, Rows(RowsPerPart));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        private string Rows(int from) => string.Concat(Enumerable.Range(from, RowsPerPart).Select(i => $"{run}-{i}\n"));

        private static async Task WriteAsync(Stream stream, string text)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text), Ct);
            await stream.FlushAsync(Ct);
        }
    }
}
