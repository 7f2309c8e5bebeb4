namespace MarketingPlatform.Email.Sending.Timing;

/// <summary>Bound from <c>Email:QuietHours</c>: when no marketing mail leaves, by the recipient's clock.</summary>
internal sealed class QuietHoursOptions
{
    /// <value>First quiet minute ("21:00"). Default null: mail leaves at any hour.</value>
    public TimeOnly? From { get; init; }

    /// <value>First minute in which mail leaves again ("08:00"). May be on the next day.</value>
    public TimeOnly? To { get; init; }
}

internal static class QuietHours
{
    /// <returns>When the quiet ends, or null where it is not quiet now.</returns>
    public static DateTimeOffset? Until(QuietHoursOptions options, TimeZoneInfo zone, DateTimeOffset now)
    {
        if (options is not { From: { } from, To: { } to } || from == to)
            return null;
        var local = TimeZoneInfo.ConvertTime(now, zone);
        // IsBetween knows ranges over midnight.
        if (!TimeOnly.FromDateTime(local.DateTime).IsBetween(from, to))
            return null;
        var day = TimeOnly.FromDateTime(local.DateTime) < to ? local.Date : local.Date.AddDays(1);
        return LocalTimes.ToInstant(day + to.ToTimeSpan(), zone);
    }
}

internal static class LocalTimes
{
    /// <summary>A zone by its IANA name; where it is missing or unknown, <paramref name="fallback"/>.</summary>
    /// <returns>Whether a name was given that nobody knows.</returns>
    public static bool IsUnknown(string? name, TimeZoneInfo fallback, out TimeZoneInfo zone)
    {
        zone = fallback;
        if (string.IsNullOrWhiteSpace(name))
            return false;
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(name.Trim(), out var found))
            return true;
        zone = found;
        return false;
    }

    /// <summary>The instant of a local time; one that a clock change skips is moved behind the gap.</summary>
    public static DateTimeOffset ToInstant(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(15);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
