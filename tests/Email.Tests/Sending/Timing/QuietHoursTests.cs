using MarketingPlatform.Email.Sending;
using MarketingPlatform.Email.Sending.Timing;
using Xunit;

namespace MarketingPlatform.Email.Tests.Sending.Timing;

public sealed class QuietHoursTests
{
    private static readonly QuietHoursOptions Night = new() { From = new(21, 0), To = new(8, 0) };
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
    private static readonly TimeZoneInfo NewYork = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");

    private static DateTimeOffset Utc(int day, int hour, int minute = 0) => new(2026, 11, day, hour, minute, 0, TimeSpan.Zero);

    [Fact]
    public void At_night_mail_waits_for_the_recipients_morning()
    {
        Assert.Equal(Utc(24, 7), QuietHours.Until(Night, Berlin, Utc(23, 22)));
        Assert.Equal(Utc(24, 7), QuietHours.Until(Night, Berlin, Utc(24, 6, 59)));
        Assert.Equal(Utc(24, 13), QuietHours.Until(Night, NewYork, Utc(24, 7)));
    }

    [Fact]
    public void By_day_it_does_not()
    {
        Assert.Null(QuietHours.Until(Night, Berlin, Utc(24, 7)));
        Assert.Null(QuietHours.Until(Night, Berlin, Utc(24, 19, 59)));
        Assert.Null(QuietHours.Until(new(), Berlin, Utc(24, 2)));
    }

    [Fact]
    public void A_morning_that_a_clock_change_skips_begins_behind_the_gap()
    {
        // On 29 March 2026 there is no 2:30 in Berlin.
        var quiet = new QuietHoursOptions { From = new(1, 0), To = new(2, 30) };

        Assert.Equal(
            new DateTimeOffset(2026, 3, 29, 1, 0, 0, TimeSpan.Zero),
            QuietHours.Until(quiet, Berlin, new DateTimeOffset(2026, 3, 29, 0, 30, 0, TimeSpan.Zero))
        );
    }

    [Theory]
    [InlineData("Europe/Berlin", false, "Europe/Berlin")]
    [InlineData(null, false, "America/New_York")]
    [InlineData("", false, "America/New_York")]
    [InlineData("Mars/Olympus_Mons", true, "America/New_York")]
    [InlineData("GMT+25", true, "America/New_York")]
    public void A_zone_that_nobody_knows_falls_back_and_is_told(string? name, bool isUnknown, string zone)
    {
        Assert.Equal(isUnknown, LocalTimes.IsUnknown(name, NewYork, out var found));
        Assert.Equal(zone, found.Id);
    }

    [Fact]
    public void A_cap_counts_its_own_purpose_and_window()
    {
        FrequencyCap[] caps = [new() { Max = 2, Window = TimeSpan.FromDays(7) }];
        var anna = Guid.CreateVersion7(Utc(1, 0));
        EarlierMail Mail(string purpose, int day) => new(anna, purpose, Utc(day, 9));
        var now = Utc(20, 9);

        Assert.Null(
            FrequencyCaps.Broken(caps, MailPurpose.Marketing, [Mail(MailPurpose.Marketing, 18), Mail(MailPurpose.Marketing, 12)], now)
        );
        Assert.Null(
            FrequencyCaps.Broken(caps, MailPurpose.Marketing, [Mail(MailPurpose.Marketing, 18), Mail(MailPurpose.Transactional, 19)], now)
        );
        Assert.NotNull(
            FrequencyCaps.Broken(caps, MailPurpose.Marketing, [Mail(MailPurpose.Marketing, 18), Mail(MailPurpose.Marketing, 19)], now)
        );
        Assert.Null(
            FrequencyCaps.Broken(caps, MailPurpose.Transactional, [Mail(MailPurpose.Marketing, 18), Mail(MailPurpose.Marketing, 19)], now)
        );
    }
}
