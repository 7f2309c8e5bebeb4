using System.Globalization;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.AdOptimization.Incrementality;

/// <summary>What a channel's reported value is worth, by the newest hold-out that measured it.</summary>
/// <param name="Segment">Of a hold-out by audience, which speaks for that segment alone; null for one by region.</param>
internal sealed record Calibration(
    string Channel,
    string? Segment,
    string Name,
    DateOnly StartsOn,
    DateOnly EndsOn,
    double Factor,
    double FactorError
)
{
    public string Sentence =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"The value that {Channel} reports {(Segment is null ? "" : $"in {Segment} ")}counts {Factor:0.00} times (± {FactorError:0.00}): hold-out '{Name}' of {StartsOn:yyyy-MM-dd} to {EndsOn:yyyy-MM-dd} measured what its ads cause."
        );

    public bool Concerns(string channel, string segment) => Channel == channel && (Segment is null || Segment == segment);

    public static async Task<IReadOnlyList<Calibration>> ReadAsync(
        UnitOfWork work,
        DateOnly before,
        string currency,
        CancellationToken ct
    ) => await work.QueryAsync<Calibration>(Sql, new { before, currency }, ct);

    private const string Sql = """
        select distinct on (channel, segment) channel, segment, name, starts_on, ends_on, factor, factor_error
        from (
            select id, channel, null::text as segment, name, starts_on, ends_on, factor, factor_error from hold_outs where currency = @currency
            union all
            select id, channel, segment, name, starts_on, ends_on, factor, factor_error from audience_hold_outs where currency = @currency
        ) h
        where factor is not null and ends_on < @before
        order by channel, segment, ends_on desc, id desc
        """;
}
