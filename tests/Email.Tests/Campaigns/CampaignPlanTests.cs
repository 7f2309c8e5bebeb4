using CsCheck;
using MarketingPlatform.Email.Campaigns;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Email.Sending.Timing;
using Xunit;

namespace MarketingPlatform.Email.Tests.Campaigns;

public class CampaignPlanTests
{
    private static readonly DateTimeOffset Now = new(2032, 3, 1, 9, 0, 0, TimeSpan.Zero);

    private static Candidate Somebody(Guid? id = null) =>
        Of(new Person(id ?? Guid.CreateVersion7(), "a@example.com", null, null, true, Now.AddDays(-9), "form", null, null));

    private static Candidate Of(Person person) => new(person.Id, person, false, false, false, [], "");

    private static IReadOnlyList<Planned> Plan(
        Campaign campaign,
        IReadOnlyCollection<Candidate> people,
        double programme = 0,
        long after = 200
    ) => CampaignPlan.Decide("teas", campaign, people, [], programme, 0.05, "1", after, _ => campaign.Test?.TestShare ?? 1, Now);

    private static Campaign TwoArms(CampaignTest? test = null, double? holdOut = 0) =>
        new(new(), [new("a"), new("b")], null, test, holdOut);

    [Fact]
    public void The_first_no_is_the_reason()
    {
        FrequencyCap[] caps = [new() { Max = 1, Window = TimeSpan.FromDays(7) }];
        var candidate = Somebody() with { Earlier = [new(Guid.Empty, MailPurpose.Marketing, Now.AddDays(-1))] };

        Assert.Null(CampaignPlan.WhyNot(Somebody(), caps, Now));
        Assert.Equal("frequency-cap", CampaignPlan.WhyNot(candidate, caps, Now));
        Assert.Equal("no-address", CampaignPlan.WhyNot(candidate with { Person = null }, caps, Now));
        Assert.Equal("had-it-before", CampaignPlan.WhyNot(candidate with { Person = null, HadIt = true }, caps, Now));
        Assert.Equal("other-channel", CampaignPlan.WhyNot(candidate with { HadIt = true, OtherChannel = true }, caps, Now));
        Assert.Equal("excluded", CampaignPlan.WhyNot(candidate with { OtherChannel = true, Excluded = true }, caps, Now));
    }

    [Fact]
    public void Everybody_is_counted_once_and_gets_the_same_again() =>
        Gen
            .Guid.Array[1, 300]
            .Sample(
                ids =>
                {
                    var people = ids.Distinct().Select(id => Somebody(id)).ToArray();
                    var (first, second) = (Plan(TwoArms(), people), Plan(TwoArms(), [.. people.Reverse()]));
                    Assert.Equal(people.Length, first.Count);
                    Assert.Equal(first.OrderBy(one => one.Id), second.OrderBy(one => one.Id));
                    Assert.All(first, one => Assert.True(one.Reason is null == one.Arm is not null));
                },
                iter: 50
            );

    [Fact]
    public void Arms_and_the_hold_out_have_the_shares_that_were_wanted()
    {
        var people = Enumerable.Range(0, 20_000).Select(_ => Somebody()).ToArray();

        var plan = Plan(TwoArms(holdOut: null) with { Variants = [new("a", 3), new("b", 1)] }, people);

        var held = plan.Count(one => one.Reason == "held-out");
        Assert.InRange(held / 20_000.0, 0.043, 0.057);
        Assert.InRange(plan.Count(one => one.Arm == "b") / (double)(plan.Count - held), 0.235, 0.265);
    }

    [Fact]
    public void In_a_small_audience_nobody_is_held_out()
    {
        var people = Enumerable.Range(0, 199).Select(_ => Somebody()).ToArray();

        Assert.DoesNotContain(Plan(TwoArms(holdOut: 0.5), people), one => one.Reason is not null);
        Assert.Contains(Plan(TwoArms(holdOut: 0.5), [.. people, Somebody()]), one => one.Reason == "held-out");
    }

    [Fact]
    public void The_test_and_the_arms_have_nothing_to_do_with_each_other()
    {
        var people = Enumerable.Range(0, 20_000).Select(_ => Somebody()).ToArray();

        var plan = Plan(TwoArms(new("test-and-roll", TestShare: 0.3)), people);

        var tested = plan.Where(one => one.InTest).ToArray();
        Assert.InRange(tested.Length / 20_000.0, 0.285, 0.315);
        Assert.InRange(tested.Count(one => one.Arm == "a") / (double)tested.Length, 0.47, 0.53);
        Assert.All(plan.Where(one => !one.InTest), one => Assert.Null(one.Arm));
    }

    [Fact]
    public void Local_times_come_with_each_clock_and_a_past_one_is_now()
    {
        var campaign = new Campaign(new(), [new("a")], new("local", "2032-03-02T09:00"));
        DateTimeOffset At(string zone) => CampaignStart.For(campaign, null, TimeZoneInfo.FindSystemTimeZoneById(zone), Now, () => Now);

        Assert.Equal(new DateTimeOffset(2032, 3, 1, 19, 0, 0, TimeSpan.Zero), CampaignStart.Of(campaign, Now));
        Assert.Equal(new DateTimeOffset(2032, 3, 2, 8, 0, 0, TimeSpan.Zero), At("Europe/Berlin"));
        Assert.Equal(new DateTimeOffset(2032, 3, 2, 14, 0, 0, TimeSpan.Zero), At("America/New_York"));
        Assert.Equal(Now.AddDays(3), CampaignStart.For(campaign, null, TimeZoneInfo.Utc, Now.AddDays(3), () => Now));
    }

    [Theory]
    [InlineData("at", "2032-03-01T08:59:00Z", "is past")]
    [InlineData("at", "2032-03-01T09:01:00Z", null)]
    [InlineData("best", "2032-02-01T00:00:00Z", "is past")]
    [InlineData("local", "2032-02-29T09:00", "is past")]
    [InlineData("local", "2032-03-01T12:00", "clocks are ahead")]
    [InlineData("local", "2032-03-03T09:00", null)]
    [InlineData(null, null, null)]
    public void A_start_that_is_past_is_told_of_before_it_begins_at_once(string? when, string? at, string? words)
    {
        var campaign = new Campaign(new(), [new("a")], when is null ? null : new(when, at));

        var told = CampaignStart.PastOf(campaign, Now);

        Assert.Equal(words is null, told is null);
        Assert.Contains(words ?? "", told ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_variant_may_have_an_hour_of_its_own()
    {
        var campaign = new Campaign(new(), [new("a")]);
        DateTimeOffset At(string hour) =>
            CampaignStart.For(campaign, new("b", SendTime: hour), TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), Now, () => Now);

        Assert.Equal(Now.AddHours(1), At("11:00"));
        // Ten o'clock it is there: eight comes tomorrow.
        Assert.Equal(Now.AddHours(22), At("08:00"));
    }
}
