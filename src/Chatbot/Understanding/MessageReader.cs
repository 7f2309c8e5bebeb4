using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Understanding.Entities;
using MarketingPlatform.Contracts;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Chatbot.Understanding;

/// <summary>Understands a message: its language, what it wants, what it names. The one door of this folder for the dialogue.</summary>
internal sealed class MessageReader(
    ChatbotDatabase database,
    ServingModel serving,
    Languages languages,
    IOptions<ChatbotOptions> options,
    IOptions<Shop> shop,
    TimeProvider clock
) : IDisposable
{
    private static readonly TimeSpan NamesKept = TimeSpan.FromSeconds(10);

    private readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(shop.Value.TimeZone);
    private readonly SemaphoreSlim loading = new(1);
    private volatile Loaded? loaded;

    /// <summary>
    /// In the first seconds of the very first start there may be no model yet: then nothing is wanted for sure, and the dialogue goes by order
    /// numbers, articles and what it asks back.
    /// </summary>
    public async Task<Understood> ReadAsync(string text, CancellationToken ct)
    {
        var model = await serving.WaitAsync(options.Value.WaitForModel, clock, ct);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone).DateTime);
        var language = languages.Of(text);
        return (model?.Understand(text) ?? Understood.Unjudged) with
        {
            Language = language,
            Entities = EntityFinder.Find(text, (await NamesAsync(ct)).Names, today, shop.Value.Currency, language),
        };
    }

    /// <summary>The words of the catalogue's names.</summary>
    public async Task<CatalogueWords> WordsAsync(CancellationToken ct) => (await NamesAsync(ct)).Words;

    public void Dispose() => loading.Dispose();

    /// <summary>The catalogue's names, read again after some seconds; who asks meanwhile is given the old ones.</summary>
    private async Task<Loaded> NamesAsync(CancellationToken ct)
    {
        if (loaded is { } now && (clock.GetElapsedTime(now.At) < NamesKept || loading.CurrentCount == 0))
            return now;
        await loading.WaitAsync(ct);
        try
        {
            if (loaded is { } meanwhile && clock.GetElapsedTime(meanwhile.At) < NamesKept)
                return meanwhile;
            var at = clock.GetTimestamp();
            // The highest count of versions tells whether anything changed, without reading the names.
            var stamp = await database.QuerySingleAsync<string>(StampSql, null, ct);
            return loaded = loaded is { } old && old.Stamp == stamp ? old with { At = at } : await LoadAsync(stamp, at, ct);
        }
        finally
        {
            loading.Release();
        }
    }

    private async Task<Loaded> LoadAsync(string stamp, long at, CancellationToken ct)
    {
        var rows = await database.QueryAsync<Row>(NamesSql, null, ct);
        string[] categories = [.. rows.Select(r => r.Category).OfType<string>().Distinct()];
        return new Loaded(
            new CatalogueNames(rows.Select(r => (r.ProductId, r.Name)), categories),
            new CatalogueWords(rows.Select(r => r.Name).Concat(categories)),
            stamp,
            at
        );
    }

    private sealed record Loaded(CatalogueNames Names, CatalogueWords Words, string Stamp, long At);

    private sealed record Row(string ProductId, string Name, string? Category);

    private const string StampSql = "select count(*) || '/' || coalesce(sum(version), 0) from products";

    private const string NamesSql = "select product_id, name, category from products order by product_id limit 100000";
}
