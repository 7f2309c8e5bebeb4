using MarketingPlatform.Platform.Hosting;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.AdOptimization.Response;

/// <summary>Fits the weekly model of each currency once a week is over and its spend is here.</summary>
internal sealed class ResponseWorker(
    AdsDatabase db,
    IOptions<AdsOptions> options,
    ShopDay day,
    TimeProvider clock,
    ILogger<ResponseWorker> log
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.EveryAsync(
            Interval,
            db,
            FitDueAsync,
            e => log.LogError(e, "The weekly model could not be fitted; trying again in {Interval}", Interval),
            clock,
            stoppingToken
        );

    /// <returns>How many were fitted.</returns>
    internal async Task<int> FitDueAsync(CancellationToken ct)
    {
        var fitted = 0;
        foreach (var currency in await db.QueryAsync<string>("select distinct currency from performance order by 1", null, ct))
        {
            var (weeks, _) = await ShopWeeks.ReadAsync(db, currency, day.Today, day, options.Value.ResponseWeeks, ct);
            if (weeks is null || await db.QuerySingleAsync<bool>(IsFittedSql, new { currency, LastWeek = weeks.Data.Dates[^1] }, ct))
                continue;
            var model = await Task.Run(() => ResponseModel.Fit(weeks, currency, clock.GetUtcNow()), ct);
            await ResponseModel.StoreAsync(db, model, ct);
            fitted++;
        }
        return fitted;
    }

    private const string IsFittedSql = """
        select exists (select from response_models where currency = @currency and last_week >= @LastWeek)
        """;
}
