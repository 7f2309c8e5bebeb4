using MarketingPlatform.Email.Sending.Timing;

namespace MarketingPlatform.Email.Campaigns;

/// <summary>When a campaign begins, and when each person's mail may leave.</summary>
internal static class CampaignStart
{
    /// <summary>The clock that is furthest ahead: where a local time comes first.</summary>
    private static readonly TimeSpan FurthestAhead = TimeSpan.FromHours(14);

    /// <summary>The clock where a local time comes last.</summary>
    private static readonly TimeSpan FurthestBehind = TimeSpan.FromHours(12);

    /// <returns>When the audience is read and the first mail may leave.</returns>
    public static DateTimeOffset Of(Campaign campaign, DateTimeOffset now) => Wanted(campaign) is { } wanted && wanted > now ? wanted : now;

    /// <returns>What to tell an author whose start is past: nothing waits for a moment that was. Null where all of it lies ahead.</returns>
    public static string? PastOf(Campaign campaign, DateTimeOffset now)
    {
        if (Wanted(campaign) is not { } wanted || wanted >= now)
            return null;
        return campaign.When() == CampaignWords.Local && wanted + FurthestAhead + FurthestBehind >= now
            ? $"Where clocks are ahead it is later than {campaign.Schedule!.At} already: people there get it as soon as it is launched."
            : $"The start, {campaign.Schedule!.At}, is past: it begins as soon as it is launched.";
    }

    /// <returns>What the schedule says; null where it says no time.</returns>
    private static DateTimeOffset? Wanted(Campaign campaign) =>
        campaign.When() switch
        {
            CampaignWords.At or CampaignWords.Best => CampaignTimes.Instant(campaign.Schedule?.At),
            CampaignWords.Local => new DateTimeOffset(CampaignTimes.LocalTime(campaign.Schedule!.At)!.Value, TimeSpan.Zero) - FurthestAhead,
            _ => null,
        };

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
