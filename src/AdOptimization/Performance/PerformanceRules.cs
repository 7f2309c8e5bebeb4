using System.Text.RegularExpressions;

namespace MarketingPlatform.AdOptimization.Performance;

/// <summary>One day of one cell as sent, or a part of it: an hour, an ad set, a creative.</summary>
/// <param name="Date">A day in the shop's time zone, today at the latest.</param>
/// <param name="Channel">social, search, display, …; stored in lower case.</param>
/// <param name="Spend">Zero or more.</param>
/// <param name="Currency">ISO 4217; null means the shop's.</param>
/// <param name="Impressions">Null, as clicks and conversions then are, where only the spend is known.</param>
/// <param name="Value">What the conversions brought, in the same currency; null while unknown.</param>
/// <param name="Hour">Of the day in the shop's time zone, 0 to 23; null for the whole day. With it, or an ad set or a creative, the cell's day
/// is the sum of its parts, and the three counts are needed.</param>
/// <param name="Reach">People who saw it, for how often each of them did; null where that is not known.</param>
internal sealed record PerformanceRow(
    DateOnly? Date,
    string? Channel,
    string? Campaign,
    string? Segment,
    decimal? Spend,
    string? Currency,
    long? Impressions,
    long? Clicks,
    long? Conversions,
    decimal? Value,
    int? Hour = null,
    string? AdSet = null,
    string? Creative = null,
    long? Reach = null
)
{
    public bool IsPart => Hour is not null || !string.IsNullOrWhiteSpace(AdSet) || !string.IsNullOrWhiteSpace(Creative);
}

/// <summary>One day of one cell that can be stored. No campaign or segment is the empty string.</summary>
internal sealed record DayRow(
    DateOnly Date,
    string Channel,
    string Campaign,
    string Segment,
    decimal Spend,
    string Currency,
    long? Impressions,
    long? Clicks,
    long? Conversions,
    decimal? Value
);

/// <summary>What a row must be like. A bad row is refused with a reason and does not keep its neighbours out.</summary>
internal static partial class PerformanceRules
{
    private static readonly DateOnly Earliest = new(2000, 1, 1);
    private const decimal MaxMoney = 1_000_000_000;
    private const long MaxCount = 1_000_000_000_000;

    /// <returns>Why the row is refused, or null.</returns>
    public static string? Refuse(PerformanceRow row, DateOnly today) =>
        row switch
        {
            { Date: null } => "date is missing: send the day as YYYY-MM-DD.",
            { Date: var date } when date > today =>
                $"date {date:yyyy-MM-dd} is in the future: today is {today:yyyy-MM-dd} in the shop's time zone.",
            { Date: var date } when date < Earliest => $"date {date:yyyy-MM-dd} is before {Earliest:yyyy-MM-dd}.",
            { Channel: var channel } when string.IsNullOrWhiteSpace(channel) => "channel is missing.",
            { Currency: { } currency } when !IsCurrency(currency) => $"currency '{currency}' is not an ISO 4217 code such as EUR.",
            _ => RefuseName("channel", row.Channel, 100)
                ?? RefuseName("campaign", row.Campaign, 200)
                ?? RefuseName("segment", row.Segment, 200)
                ?? RefuseName("adSet", row.AdSet, 200)
                ?? RefuseName("creative", row.Creative, 200)
                ?? RefuseMoney("spend", row.Spend, required: true)
                ?? RefuseSome(row)
                ?? RefuseCount("impressions", row.Impressions)
                ?? RefuseCount("clicks", row.Clicks)
                ?? RefuseCount("conversions", row.Conversions)
                ?? RefuseMoney("value", row.Value, required: false)
                ?? RefuseFunnel(row)
                ?? RefusePart(row),
        };

    public static DayRow ToDay(PerformanceRow row, string shopCurrency) =>
        new(
            row.Date!.Value,
            ChannelOf(row.Channel!),
            row.Campaign?.Trim() ?? "",
            row.Segment?.Trim() ?? "",
            row.Spend!.Value,
            (row.Currency ?? shopCurrency).ToUpperInvariant(),
            row.Impressions,
            row.Clicks,
            row.Conversions,
            row.Value
        );

    /// <returns>As the contract's channels are written.</returns>
#pragma warning disable CA1308
    public static string ChannelOf(string channel) => channel.Trim().ToLowerInvariant();
#pragma warning restore CA1308

    public static Part? PartOf(PerformanceRow row) =>
        row.IsPart ? new(row.Hour ?? Part.WholeDay, row.AdSet?.Trim() ?? "", row.Creative?.Trim() ?? "", row.Reach) : null;

    public static bool IsCurrency(string currency) => CurrencyCode().IsMatch(currency);

    private static string? RefuseName(string field, string? name, int longest) =>
        name?.Length > longest || name?.Any(char.IsControl) is true
            ? $"{field} must have at most {longest} characters, none of them a control character."
            : null;

    private static string? RefuseMoney(string field, decimal? amount, bool required) =>
        amount switch
        {
            null => required ? $"{field} is missing." : null,
            < 0 => $"{field} is negative.",
            > MaxMoney => $"{field} is above {MaxMoney:F0}.",
            _ => null,
        };

    private static string? RefuseSome(PerformanceRow row) =>
        (row.Impressions, row.Clicks, row.Conversions) switch
        {
            (null, null, null) when row.Value is not null => "value is given without conversions: it is what the conversions brought.",
            (null, null, null) => null,
            (null, _, _) => "impressions is missing: give all three counts, or none where only the spend is known.",
            (_, null, _) => "clicks is missing: give all three counts, or none where only the spend is known.",
            (_, _, null) => "conversions is missing: give all three counts, or none where only the spend is known.",
            _ => null,
        };

    private static string? RefuseCount(string field, long? count) =>
        count switch
        {
            < 0 => $"{field} is negative.",
            > MaxCount => $"{field} is above {MaxCount}.",
            _ => null,
        };

    private static string? RefuseFunnel(PerformanceRow row) =>
        row.Clicks > row.Impressions ? $"clicks ({row.Clicks}) exceed impressions ({row.Impressions})."
        : row.Conversions > row.Clicks ? $"conversions ({row.Conversions}) exceed clicks ({row.Clicks})."
        : row is { Conversions: 0, Value: > 0 } ? "value without conversions: it is what the conversions brought."
        : null;

    private static string? RefusePart(PerformanceRow row) =>
        row switch
        {
            { Hour: < 0 or > 23 } => $"hour {row.Hour} is not an hour of a day: 0 to 23.",
            { IsPart: true, Impressions: null } =>
                "impressions, clicks and conversions are needed in a row of an hour, ad set or creative.",
            { Reach: not null, IsPart: false } => "reach is kept with hours, ad sets and creatives only.",
            { Reach: < 1 } => "reach is below 1: leave it out where nobody was reached.",
            _ when row.Reach > row.Impressions => $"reach ({row.Reach}) exceeds impressions ({row.Impressions}).",
            _ => null,
        };

    [GeneratedRegex(@"\A[A-Za-z]{3}\z")]
    private static partial Regex CurrencyCode();
}
