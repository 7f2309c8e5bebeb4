using MarketingPlatform.Email.Digest;
using MarketingPlatform.Email.HoldOuts;
using Xunit;

namespace MarketingPlatform.Email.Tests.Digest;

public class DigestLetterTests
{
    private static readonly DigestMail Good = new("autumn-teas", 1_000, 80, 2, 0, 0, 0);
    private static readonly DigestMail Bad = new("winter-teas", 1_000, 10, 1, 0, 0, 0);

    private static readonly DigestFacts Quiet = new(
        new(2032, 3, 1),
        "Tea & Co",
        "EUR",
        1_200,
        30,
        4,
        5_000,
        new(1_500, 200, 2_800),
        2,
        [],
        [Good, Bad, new("tiny", 3, 3, 0, 0, 0, 0)],
        [],
        [],
        0,
        0,
        true
    );

    [Fact]
    public void It_tells_subscribers_both_revenues_best_and_worst_mail_one_suggestion_and_delivery()
    {
        var (subject, html, text) = DigestLetter.Of(Quiet);

        Assert.Equal("Tea & Co: your mail in the week of 2032-03-01", subject);
        Assert.Contains("Subscribers: 1,200; 30 came and 4 left.", text, StringComparison.Ordinal);
        Assert.Contains("5,000.00 EUR were ordered", text, StringComparison.Ordinal);
        Assert.Contains("1,500.00 EUR (200.00 to 2,800.00) over four weeks", text, StringComparison.Ordinal);
        Assert.Contains("Best mail: autumn-teas: 8.0 %", text, StringComparison.Ordinal);
        Assert.Contains("Worst mail: winter-teas: 1.0 %", text, StringComparison.Ordinal);
        Assert.Contains("Delivery: Nothing to worry about.", text, StringComparison.Ordinal);
        Assert.Contains("<strong>One suggestion</strong>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shops_own_words_cannot_write_html() =>
        Assert.DoesNotContain("<b>", DigestLetter.Of(Quiet with { Mails = [Good with { Name = "<b>" }] }).Html, StringComparison.Ordinal);

    [Fact]
    public void What_costs_money_is_suggested_before_what_waits_and_what_waits_before_what_could_be_better()
    {
        var all = Quiet with
        {
            Harmful = ["win-back"],
            Undecided = ["autumn"],
            Switched = ["birthday"],
            Mails = [Good with { Unsubscribed = 90 }],
        };

        Assert.StartsWith("Switch win-back off", DigestLetter.Suggest(all), StringComparison.Ordinal);
        Assert.StartsWith("Decide the test of autumn", DigestLetter.Suggest(all with { Harmful = [] }), StringComparison.Ordinal);
        Assert.StartsWith("Switch birthday on", DigestLetter.Suggest(all with { Harmful = [], Undecided = [] }), StringComparison.Ordinal);
        Assert.StartsWith(
            "Change autumn-teas",
            DigestLetter.Suggest(all with { Harmful = [], Undecided = [], Switched = [] }),
            StringComparison.Ordinal
        );
        Assert.StartsWith("Let 5 % be held out", DigestLetter.Suggest(Quiet with { Incremental = null }), StringComparison.Ordinal);
        Assert.StartsWith("Test a second subject", DigestLetter.Suggest(Quiet), StringComparison.Ordinal);
        Assert.StartsWith("Launch a campaign", DigestLetter.Suggest(Quiet with { Mails = [] }), StringComparison.Ordinal);
    }

    [Fact]
    public void What_threatens_delivery_is_said()
    {
        var warnings = DigestLetter
            .Warnings(
                Quiet with
                {
                    Mails = [Good with { Bounced = 50, Complained = 3, Failed = 90 }],
                    PausedSends = 1,
                    Unclear = 2,
                    IsSigned = false,
                }
            )
            .ToArray();

        Assert.Equal(6, warnings.Length);
        Assert.Contains("1 send is paused.", warnings);
        Assert.Contains(warnings, warning => warning.StartsWith("0.30 % of the readers complained", StringComparison.Ordinal));
    }

    [Fact]
    public void Effects_of_different_people_add_up_and_their_errors_as_squares()
    {
        HoldOutEffect Effect(double estimate, double half) =>
            new("x", "", null, new(0, 0, 0), new(0, 0, 0), 0, null, null, null, new(estimate, estimate - half, estimate + half), "EUR");

        var sum = DigestReader.Sum([Effect(100, 30), Effect(50, 40)])!;

        Assert.Equal((150, 100, 200), (sum.Estimate, sum.Lower, sum.Upper));
        Assert.Null(DigestReader.Sum([]));
    }

    [Theory]
    [InlineData("2032-03-01T06:59:00+01:00", "2032-02-23")]
    [InlineData("2032-03-01T07:00:00+01:00", "2032-03-01")]
    [InlineData("2032-03-07T23:59:00+01:00", "2032-03-01")]
    public void The_letter_is_due_on_monday_at_its_hour_and_made_up_for_until_the_next(string local, string monday) =>
        Assert.Equal(
            DateOnly.Parse(monday, System.Globalization.CultureInfo.InvariantCulture),
            MondayDigest.MondayOf(DateTimeOffset.Parse(local, System.Globalization.CultureInfo.InvariantCulture), 7)
        );
}
