using System.Text.Json;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.AdOptimization.Response;

/// <summary>The weekly model as it was fitted, and as the table has it.</summary>
/// <param name="LastWeek">Monday of the newest week.</param>
/// <param name="Recent">Newest weeks whose caused revenue is told apart.</param>
/// <param name="RSquared">Of the variance of weekly sales.</param>
/// <param name="Mixing">See <see cref="MixFit.WorstMixing"/>.</param>
/// <param name="Usable">Whether budgets listen to it: its chains agree.</param>
internal sealed record ResponseModel(
    string Currency,
    DateOnly FirstWeek,
    DateOnly LastWeek,
    int Weeks,
    int Recent,
    double RSquared,
    double Mixing,
    bool Usable,
    IReadOnlyList<WeeklyChannel> Channels,
    IReadOnlyList<string> Notes,
    DateTimeOffset FittedAt
)
{
    /// <summary>Chains that differ more have not found what they look for (Gelman and Rubin's R-hat).</summary>
    public const double MostMixing = 1.05;

    /// <summary>Newest weeks that are set against what platforms report of them.</summary>
    private const int RecentWeeks = 8;

    /// <summary>A model whose newest week is longer ago says nothing of today.</summary>
    private const int MostDaysOld = 56;

    public DateOnly RecentFrom => LastWeek.AddDays(-7 * (Recent - 1));

    public DateOnly LastDay => LastWeek.AddDays(6);

    public static ResponseModel Fit(ShopWeeks weeks, string currency, DateTimeOffset now)
    {
        var data = weeks.Data;
        var fit = MixModel.Fit(data, new(Recent: RecentWeeks), weeks.Tests);
        var usable = fit.WorstMixing <= MostMixing;
        return new(
            currency,
            data.Dates[0],
            data.Dates[^1],
            data.Periods,
            RecentWeeks,
            fit.RSquared,
            fit.WorstMixing,
            usable,
            [.. fit.Channels.Select(c => WeeklyChannel.Of(c, data, RecentWeeks, weeks.Tests.Count(t => t.Channel == c.Channel)))],
            usable
                ? weeks.Notes
                : [.. weeks.Notes, "Its chains disagree, so budgets do not listen to it: more weeks, or a hold-out, would settle it."],
            now
        );
    }

    public static Task StoreAsync(AdsDatabase db, ResponseModel model, CancellationToken ct) =>
        db.ExecuteAsync(
            StoreSql,
            new
            {
                model.Currency,
                model.FirstWeek,
                model.LastWeek,
                model.Weeks,
                model.Recent,
                model.RSquared,
                model.Mixing,
                Channels = JsonSerializer.Serialize(model.Channels, Json.Options),
                Notes = model.Notes.ToArray(),
                model.FittedAt,
            },
            ct
        );

    /// <returns>The newest model of weeks that were over before a day; null where there is none, or it is too old.</returns>
    public static async Task<ResponseModel?> ReadAsync(UnitOfWork work, string currency, DateOnly before, CancellationToken ct) =>
        (
            await work.QuerySingleOrDefaultAsync<Row>(
                ReadSql,
                new
                {
                    currency,
                    Newest = before.AddDays(-7),
                    Oldest = before.AddDays(-MostDaysOld),
                },
                ct
            )
        )?.ToModel();

    private sealed record Row
    {
        public string Currency { get; init; } = "";
        public DateOnly FirstWeek { get; init; }
        public DateOnly LastWeek { get; init; }
        public int Weeks { get; init; }
        public int Recent { get; init; }
        public double RSquared { get; init; }
        public double Mixing { get; init; }
        public string Channels { get; init; } = "[]";
        public string[] Notes { get; init; } = [];
        public DateTimeOffset FittedAt { get; init; }

        public ResponseModel ToModel() =>
            new(
                Currency,
                FirstWeek,
                LastWeek,
                Weeks,
                Recent,
                RSquared,
                Mixing,
                Mixing <= MostMixing,
                JsonSerializer.Deserialize<WeeklyChannel[]>(Channels, Json.Options)!,
                Notes,
                FittedAt
            );
    }

    private const string StoreSql = """
        insert into response_models (currency, last_week, first_week, weeks, recent, r_squared, mixing, channels, notes, fitted_at)
        values (@Currency, @LastWeek, @FirstWeek, @Weeks, @Recent, @RSquared, @Mixing, @Channels::jsonb, @Notes, @FittedAt)
        on conflict (currency, last_week) do update set
            first_week = excluded.first_week, weeks = excluded.weeks, recent = excluded.recent, r_squared = excluded.r_squared,
            mixing = excluded.mixing, channels = excluded.channels, notes = excluded.notes, fitted_at = excluded.fitted_at
        """;

    private const string ReadSql = """
        select currency, last_week, first_week, weeks, recent, r_squared, mixing, channels::text as channels, notes, fitted_at
        from response_models
        where currency = @currency and last_week between @Oldest and @Newest
        order by last_week desc limit 1
        """;
}
