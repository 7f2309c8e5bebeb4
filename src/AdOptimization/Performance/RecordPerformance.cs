using MarketingPlatform.AdOptimization.Creatives;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.AdOptimization;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.AdOptimization.Performance;

/// <summary>Body of <c>POST /api/v1/ads/performance</c>: up to 1,000 rows.</summary>
internal sealed record PerformanceRows(IReadOnlyList<PerformanceRow?>? Rows);

/// <param name="Accepted">Rows stored.</param>
/// <param name="Rejected">Rows refused, each with its place in the request and the reason.</param>
/// <param name="Held">Rows that the cell's history makes implausible: they count only once somebody releases them.</param>
internal sealed record PerformanceResult(int Accepted, IReadOnlyList<PerformanceRejection> Rejected, IReadOnlyList<HeldRow> Held);

/// <param name="Index">Place in the request, from 0.</param>
internal sealed record PerformanceRejection(int Index, string Reason);

/// <summary>
/// <c>POST /api/v1/ads/performance</c>: parts of a day are summed to the day of their cell (<see cref="PartBook"/>); a row replaces the one of the same date, channel, campaign and segment, so that a later arrival
/// corrects an earlier one. Sums that change are published in the same transaction. Implausible rows are held (<see cref="Plausibility"/>).
/// </summary>
internal static class RecordPerformance
{
    private const int MaxRows = 1_000;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Ads + "/performance", Handle)
            .RequireScope(Scope.Write)
            .WithName("recordAdPerformance")
            .WithSummary("Daily and hourly performance rows by channel, campaign, ad set, creative and segment.")
            .WithMetadata(new RequestSizeLimitAttribute(2 * 1024 * 1024));

    private static async Task<Results<Ok<PerformanceResult>, ProblemHttpResult>> Handle(
        PerformanceRows body,
        AdsDatabase db,
        IOptions<Shop> shop,
        IOptions<AdsOptions> options,
        ShopDay day,
        TimeProvider clock,
        AdsTelemetry telemetry,
        CancellationToken ct
    )
    {
        if (body.Rows is null or { Count: 0 })
            return Problem.Invalid(new FieldError("rows", "Send at least one row."));
        if (body.Rows.Count > MaxRows)
            return Problem.Invalid(new FieldError("rows", $"Send at most {MaxRows} rows a request; this one has {body.Rows.Count}."));
        var (good, rejected) = Check(body.Rows, day.Today, shop.Value.Currency);
        var accepted = 0;
        IReadOnlyList<HeldRow> held = [];
        if (good.Count > 0)
        {
            var now = clock.GetUtcNow();
            await using var work = await db.BeginAsync(ct);
            await work.ExecuteAsync(AdsDatabase.ExclusiveForPerformance, null, ct);
            var parts = await Parts.AddAsync(work, good, now, ct);
            var sorted = await HeldRows.SortOutAsync(work, parts.Days, options.Value.Plausibility, day.Today, now, ct);
            var change = await StoreAsync(work, sorted.Plausible, now, ct);
            await HeldRows.ReplaceAsync(work, change.Rows, now, ct);
            await Parts.SettleAsync(work, parts, change.Rows, [.. sorted.Held.Select(h => h.Index)], ct);
            await CreativeStore.DecideTouchedAsync(work, parts.Stored, day.Today, now, ct);
            await work.CommitAsync(ct);
            held = [.. sorted.Held.SelectMany(h => parts.IndicesOf(h.Index).Select(i => h with { Index = i })).OrderBy(h => h.Index)];
            var refused = sorted
                .Refused.Concat(change.Rejected)
                .SelectMany(r => parts.IndicesOf(r.Index).Select(i => r with { Index = i }));
            rejected = [.. rejected.Concat(parts.Refused).Concat(refused).OrderBy(r => r.Index)];
            accepted = body.Rows.Count - rejected.Count - held.Count;
        }
        telemetry.Recorded(accepted, rejected.Count, held.Count);
        return TypedResults.Ok(new PerformanceResult(accepted, rejected, held));
    }

    internal static (IReadOnlyList<PlacedRow> Good, IReadOnlyList<PerformanceRejection> Rejected) Check(
        IReadOnlyList<PerformanceRow?> rows,
        DateOnly today,
        string shopCurrency
    )
    {
        var good = new Dictionary<(CellDayKey, Part?), PlacedRow>();
        var rejected = new List<PerformanceRejection>();
        for (var index = 0; index < rows.Count; index++)
        {
            if ((rows[index] is { } row ? PerformanceRules.Refuse(row, today) : "A row is missing here.") is { } reason)
            {
                rejected.Add(new(index, reason));
                continue;
            }
            var day = PerformanceRules.ToDay(rows[index]!, shopCurrency);
            var part = PerformanceRules.PartOf(rows[index]!);
            var key = (CellDayKey.Of(day), part is null ? null : part with { Reach = null });
            if (good.TryGetValue(key, out var earlier))
                rejected.Add(new(earlier.Index, $"The same day of the same cell comes again at index {index}; that one was taken."));
            good[key] = new(index, day, part);
        }
        return ([.. good.Values.OrderBy(p => p.Index)], [.. rejected.OrderBy(r => r.Index)]);
    }

    /// <summary>Stores rows that count and publishes the sums that change; <see cref="AdsDatabase.ExclusiveForPerformance"/> is held.</summary>
    internal static async Task<SpendChange> StoreAsync(
        UnitOfWork work,
        IReadOnlyList<PlacedRow> good,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var days = good.Select(p => (p.Row.Date, p.Row.Channel, p.Row.Campaign)).Distinct().ToArray();
        var stored = await work.QueryAsync<StoredSpend>(
            StoredSql,
            new
            {
                Dates = days.Select(d => d.Date).ToArray(),
                Channels = days.Select(d => d.Channel).ToArray(),
                Campaigns = days.Select(d => d.Campaign).ToArray(),
            },
            ct
        );
        var change = SpendBook.Apply(stored, good);
        // Readers keep the latest sum: it must be later than the one it corrects, even where another instance's clock is ahead.
        var at = stored.Select(s => s.ArrivedAt.AddMicroseconds(1)).Append(now).Max();
        await Arrivals.AppendAsync(work, change.Rows, at, ct);
        await work.ExecuteAsync(
            UpsertSql,
            new
            {
                Dates = change.Rows.Select(r => r.Date).ToArray(),
                Channels = change.Rows.Select(r => r.Channel).ToArray(),
                Campaigns = change.Rows.Select(r => r.Campaign).ToArray(),
                Segments = change.Rows.Select(r => r.Segment).ToArray(),
                Spends = change.Rows.Select(r => r.Spend).ToArray(),
                Currencies = change.Rows.Select(r => r.Currency).ToArray(),
                Impressions = change.Rows.Select(r => r.Impressions).ToArray(),
                Clicks = change.Rows.Select(r => r.Clicks).ToArray(),
                Conversions = change.Rows.Select(r => r.Conversions).ToArray(),
                Values = change.Rows.Select(r => r.Value).ToArray(),
                at,
            },
            ct
        );
        foreach (var sum in change.Sums)
        {
            var campaign = sum.Campaign is "" ? null : sum.Campaign;
            work.Publish(new ChannelSpendRecorded(sum.Date, sum.Channel, campaign, sum.Spend, sum.Currency, at));
        }
        return change;
    }

    private const string StoredSql = """
        select date, channel, campaign, segment, spend, currency, arrived_at
        from performance
        join unnest(@Dates::date[], @Channels::text[], @Campaigns::text[]) as d (date, channel, campaign) using (date, channel, campaign)
        """;

    private const string UpsertSql = """
        insert into performance (date, channel, campaign, segment, spend, currency, impressions, clicks, conversions, value, arrived_at)
        select r.*, @at
        from unnest(
            @Dates::date[], @Channels::text[], @Campaigns::text[], @Segments::text[], @Spends::numeric[], @Currencies::text[],
            @Impressions::bigint[], @Clicks::bigint[], @Conversions::bigint[], @Values::numeric[]
        ) as r
        on conflict (date, channel, campaign, segment) do update set
            spend = excluded.spend, currency = excluded.currency, impressions = excluded.impressions, clicks = excluded.clicks,
            conversions = excluded.conversions, value = excluded.value, arrived_at = excluded.arrived_at
        """;
}
