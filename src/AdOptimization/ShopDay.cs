using MarketingPlatform.Contracts;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.AdOptimization;

/// <summary>Which day it is in the shop.</summary>
internal sealed class ShopDay(IOptions<Shop> shop, TimeProvider clock)
{
    private readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(shop.Value.TimeZone);

    public DateOnly Today => Of(clock.GetUtcNow());

    public DateOnly Of(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);
}
