using MarketingPlatform.Email.Sending.Timing;

namespace MarketingPlatform.Email.Campaigns;

/// <summary>When a campaign begins, and when each person's mail may leave.</summary>
internal static class CampaignStart
{
    /// <summary>The clock that is furthest ahead: where a local time comes first.</summary>
    private static readonly TimeSpan FurthestAhead = TimeSpan.FromHours(14);

    /// <returns>When the audience is read and the first mail may leave.</returns>
    public static DateTimeOffset Of(Campaign campaign, DateTimeOffset now)
    {
        var begins = campaign.When() switch
        {
            CampaignWords.At or CampaignWords.Best => CampaignTimes.Instant(campaign.Schedule?.At) ?? now,
            CampaignWords.Local => new DateTimeOffset(CampaignTimes.LocalTime(campaign.Schedule!.At)!.Value, TimeSpan.Zero) - FurthestAhead,
            _ => now,
        };
        return begins > now ? begins : now;
    }

    /// <summary>A person's own moment: their clock's, or their best hour. One that is past is now.</summary>
    /// <param name="best">The person's best hour from <paramref name="from"/> on; only asked where the campaign wants it.</param>
    public static DateTimeOffset For(
        Campaign campaign,
        CampaignVariant? variant,
        TimeZoneInfo zone,
        DateTimeOffset from,
        Func<DateTimeOffset> best
    )
    {
        var at = campaign.When() switch
        {
            CampaignWords.Best => best(),
            CampaignWords.Local => LocalTimes.ToInstant(CampaignTimes.LocalTime(campaign.Schedule!.At)!.Value, zone),
            _ => from,
        };
        if (CampaignTimes.Hour(variant?.SendTime) is { } hour)
        {
            var start = at > from ? at : from;
            var local = TimeZoneInfo.ConvertTime(start, zone);
            var today = LocalTimes.ToInstant(local.Date + hour.ToTimeSpan(), zone);
            at = today >= start ? today : LocalTimes.ToInstant(local.Date.AddDays(1) + hour.ToTimeSpan(), zone);
        }
        return at > from ? at : from;
    }
}
