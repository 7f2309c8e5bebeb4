using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.Cli.Api;
using MarketingPlatform.Cli.Demo.Feed;
using MarketingPlatform.Cli.Demo.Shop;
using MarketingPlatform.Cli.Progress;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Demo;

/// <summary>Fills a running platform with a believable shop and its adverts, then tells how one customer left a cart and got a mail.</summary>
internal static class DemoCommand
{
    /// <summary>
    /// History ends this long before the present: news older than the platform's MaxTriggerAge (a day) never triggers mails, so
    /// that two years of
    /// the past stay silent and the story's mail is the only one.
    /// </summary>
    private static readonly TimeSpan Silence = TimeSpan.FromHours(26);

    public static Command Create(TimeProvider clock)
    {
        var port = CommonOptions.Port();
        var data = CommonOptions.Data();
        var seed = VerbOptions.Ranged("--seed", "Which shop: the same seed makes the same one.", standard: 1, least: 1, most: 20_000);
        var customers = VerbOptions.Ranged("--customers", "How many customers it has.", standard: 2_000, least: 20, most: 99_999);
        var command = new Command("demo", "Feed a running platform two years of a shop, then follow one abandoned cart to its mail.")
        {
            port,
            data,
            seed,
            customers,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                var folder = parsed.GetRequiredValue(data);
                using var api = PlatformApi.Connect(parsed.GetRequiredValue(port), folder, clock);
                var output = parsed.InvocationConfiguration.Output;
                await RunAsync(api, folder, parsed.GetRequiredValue(seed), parsed.GetRequiredValue(customers), output, clock, ct);
                return 0;
            }
        );
        return command;
    }

    private static async Task RunAsync(
        PlatformApi api,
        string data,
        int seed,
        int customers,
        TextWriter output,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var began = clock.GetTimestamp();
        await api.EnsureHealthyAsync(ct);

        var catalogue = Catalogue.Generate(seed);
        await UploadAsync(api, catalogue, output, ct);
        await TeachAsync(api, output, ct);

        var end = clock.GetUtcNow() - Silence;
        var history = new ShopHistory(catalogue, seed, customers, end);
        var feed = new HistoryFeed(api, clock);
        var display = ProgressDisplay.ForThisProcess();
        var sent = await display.RunAsync("Feeding", progress => feed.SendAsync(history.Calls(), history.Start, end, progress, ct));
        output.WriteLine($"Fed {sent:N0} events of {customers:N0} customers in {clock.GetElapsedTime(began).TotalSeconds:N0} s.");

        await AdvertiseAsync(api, seed, DateOnly.FromDateTime(end.UtcDateTime), output, ct);

        var story = new Story(api, catalogue, seed, output, clock);
        var mail = await story.TellAsync(history.Lives, end, ct);

        output.WriteLine(ResidentMemory.Describe(data));
        output.WriteLine($"mail: {mail}");
    }

    /// <summary>What the shop's assistant knows: articles on delivery, payment, returns and tea.</summary>
    private static async Task TeachAsync(PlatformApi api, TextWriter output, CancellationToken ct)
    {
        await using var stream = typeof(DemoCommand).Assembly.GetManifestResourceStream("demo-articles.md")!;
        using var reader = new StreamReader(stream);
        var import = new { markdown = await reader.ReadToEndAsync(ct), language = "en" };
        using var answer = JsonDocument.Parse(await api.PostAsync(Routes.Chat + "/articles/import", () => JsonContent.Create(import), ct));
        output.WriteLine($"Taught the assistant {answer.RootElement.GetProperty("articles").GetInt32()} articles.");
    }

    /// <summary>What its adverts cost and brought, and how the platform would divide the same money tomorrow.</summary>
    private static async Task AdvertiseAsync(PlatformApi api, int seed, DateOnly last, TextWriter output, CancellationToken ct)
    {
        var rows = AdMarket.Rows(seed, last).ToArray();
        await api.PostAsync(Routes.Ads + "/performance", () => JsonContent.Create(new { rows }), ct);
        var total = Math.Round(rows.Sum(row => row.Spend) / rows.Select(row => row.Date).Distinct().Count());
        var budget = new { total, seed };
        using var answer = JsonDocument.Parse(await api.PostAsync(Routes.Ads + "/budget/allocate", () => JsonContent.Create(budget), ct));
        output.WriteLine($"Told of {rows.Length:N0} days of adverts. Of {total:N0} EUR the platform gives most tomorrow to:");
        foreach (var cell in answer.RootElement.GetProperty("cells").EnumerateArray().OrderByDescending(Amount).Take(2))
            output.WriteLine("  " + cell.GetProperty("explanation").GetString());
    }

    private static decimal Amount(JsonElement cell) => cell.GetProperty("amount").GetDecimal();

    private static async Task UploadAsync(PlatformApi api, Catalogue catalogue, TextWriter output, CancellationToken ct)
    {
        var upserts = new ProductUpserts([.. catalogue.Products.Select(product => product.ToUpsert())]);
        var answer = await api.PostAsync(Routes.Products, () => JsonContent.Create(upserts), ct);
        var result = JsonSerializer.Deserialize<ProductUpsertResult>(answer, JsonSerializerOptions.Web);
        if (result is not { Rejected: null or [] })
            throw new CommandException($"The platform refused products of the demo: {answer}");
        output.WriteLine($"Uploaded {result.Accepted:N0} products in {Assortment.Categories.Count} categories.");
    }
}
