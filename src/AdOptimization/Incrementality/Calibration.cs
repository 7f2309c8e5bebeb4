using System.Globalization;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.AdOptimization.Incrementality;

/// <summary>What a channel's reported value is worth, by the newest hold-out that measured it.</summary>
internal sealed record Calibration(string Channel, string Name, DateOnly StartsOn, DateOnly EndsOn, double Factor, double FactorError)
{
    public string Sentence =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"The value that {Channel} reports counts {Factor:0.00} times (± {FactorError:0.00}): hold-out '{Name}' of {StartsOn:yyyy-MM-dd} to {EndsOn:yyyy-MM-dd} measured what its ads cause."
        );

    public static async Task<IReadOnlyList<Calibration>> ReadAsync(
        UnitOfWork work,
        DateOnly before,
        string currency,
        CancellationToken ct
    ) => await work.QueryAsync<Calibration>(Sql, new { before, currency }, ct);

    private const string Sql = """
        select distinct on (channel) channel, name, starts_on, ends_on, factor, factor_error
        from hold_outs
        where currency = @currency and factor is not null and ends_on < @before
        order by channel, ends_on desc, id desc
        """;
}
