using MarketingPlatform.Contracts;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.AdOptimization;

/// <summary>Which day it is in the shop.</summary>
internal sealed class ShopDay(IOptions<Shop> shop, TimeProvider clock)
{
    private readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(shop.Value.TimeZone);

    public DateOnly Today => Of(clock.GetUtcNow());

    /// <returns>When a day begins; where clocks skip midnight, the first instant after.</returns>
    public DateTimeOffset StartOf(DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(midnight))
            midnight = midnight.AddMinutes(15);
        return new(TimeZoneInfo.ConvertTimeToUtc(midnight, zone), TimeSpan.Zero);
    }

    public DateOnly Of(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);
}
