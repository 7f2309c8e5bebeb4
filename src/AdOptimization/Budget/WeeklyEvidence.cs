using System.Globalization;
using MarketingPlatform.AdOptimization.Incrementality;
using MarketingPlatform.AdOptimization.Response;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>What the weekly model tells a day's budget: where each cell begins, and what reported value is worth where no hold-out says.</summary>
internal sealed record WeeklyEvidence(ResponseModel? Model, IReadOnlyDictionary<string, IncrementalFactor> Factors)
{
    private static readonly WeeklyEvidence None = new(null, new Dictionary<string, IncrementalFactor>());

    /// <param name="reportedAfter">Part of a day's conversions that is known, by days before <paramref name="date"/>.</param>
    public static async Task<WeeklyEvidence> ReadAsync(
        UnitOfWork work,
        string currency,
        DateOnly date,
        Func<int, double> reportedAfter,
        CancellationToken ct
    )
    {
        if (await ResponseModel.ReadAsync(work, currency, date, ct) is not { Usable: true } model)
            return None;
        var told = await work.QueryAsync<ToldDay>(
            ReportedSql,
            new
            {
                currency,
                date,
                model.RecentFrom,
                model.LastDay,
            },
            ct
        );
        return new(model, Compare(model, told, reportedAfter));
    }

    /// <summary>Revenue that was caused in the newest weeks against the value that the platform reports for them, late reports allowed for.</summary>
    internal static IReadOnlyDictionary<string, IncrementalFactor> Compare(
        ResponseModel model,
        IReadOnlyList<ToldDay> told,
        Func<int, double> reportedAfter
    )
    {
        var channels = told.ToLookup(t => t.Channel);
        var factors = new Dictionary<string, IncrementalFactor>();
        foreach (var channel in model.Channels)
        {
            // Where the value of some conversions is unknown, reported and caused are of different things.
            if (!channels[channel.Channel].Any() || channels[channel.Channel].Any(d => d.Value is null))
                continue;
            var reported = channels[channel.Channel].Sum(d => (double)d.Value!.Value / reportedAfter(d.Age));
            if (IncrementalFactor.Of(channel.Recent.Estimate, channel.RecentError, (decimal)reported) is { } factor)
                factors[channel.Channel] = factor;
        }
        return factors;
    }

    /// <returns>Where each cell begins; cells of channels that the model does not know, as before.</returns>
    public IReadOnlyList<CellHistory> Tell(IReadOnlyList<CellHistory> cells)
    {
        if (Model is null)
            return cells;
        var channels = Model.Channels.ToDictionary(c => c.Channel);
        var spent = cells.GroupBy(c => c.Cell.Channel).ToDictionary(c => c.Key, c => (Spend: c.Sum(d => d.Spend), Cells: c.Count()));
        return
        [
            .. cells.Select(cell =>
            {
                if (!channels.TryGetValue(cell.Cell.Channel, out var channel))
                    return cell;
                var (all, count) = spent[cell.Cell.Channel];
                // A cell that is new is taken to become one like the others.
                var share = cell.Spend > 0 ? (double)(cell.Spend / all) : 1.0 / count;
                return cell with { Weekly = channel.Prior(Model.Weeks, share, cell.Lift) };
            }),
        ];
    }

    public string SentenceOf(string channel)
    {
        var factor = Factors[channel];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The value that {channel} reports counts {factor.Value:0.00} times (± {factor.Error:0.00}): {Model!.Weeks} weeks of the shop's sales to {Model.LastDay:yyyy-MM-dd} say what its ads cause; no hold-out did."
        );
    }

    /// <param name="Value">Of all rows of the channel that day; null where one with conversions has none.</param>
    internal sealed record ToldDay(string Channel, int Age, decimal? Value);

    private const string ReportedSql = """
        select channel, @date - date as age,
            case when bool_and(coalesce(conversions = 0 or value is not null, false)) then coalesce(sum(value), 0) end as value
        from performance
        where currency = @currency and date between @RecentFrom and @LastDay
        group by channel, date
        """;
}
