using System.Net;
using MarketingPlatform.AdOptimization.Audiences;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Email;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Audiences;

public sealed class NamedAudiencesTests(RunningAds ads) : IClassFixture<RunningAds>
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private AudienceMembershipDecided Said(Guid customer, string audience, bool adds, TimeSpan ago) =>
        new(customer, audience, adds, "win-back", ads.Clock.GetUtcNow() - ago);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_newest_word_of_an_automation_and_the_persons_own_consent_make_a_member(int seed)
    {
        var audience = $"lapsed-{seed}";
        var (member, left, silent) = (RunningAds.NewCustomer(), RunningAds.NewCustomer(), RunningAds.NewCustomer());
        object[] words =
        [
            ads.Consent(member, true, 9 * Hour),
            ads.Consent(left, true, 9 * Hour),
            Said(member, audience, false, 8 * Hour),
            Said(member, audience, true, 2 * Hour),
            Said(left, audience, true, 3 * Hour),
            Said(left, audience, false, Hour),
            Said(silent, audience, true, Hour),
        ];
        new Random(seed).Shuffle(words);
        await ads.Hears(words);
        await ads.Hears(words);

        Assert.Equal([member], (await MembersAsync(audience)).Select(m => m.CustomerId));
        var listed = (await ads.Read<Page<AudienceView>>("/audiences")).Items.Single(view => view.Key == audience);
        Assert.Equal(1, listed.Size);
        Assert.Contains("win-back", listed.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_was_merged_is_one_member_and_who_was_erased_none()
    {
        var (ann, phone, bob) = (RunningAds.NewCustomer(), RunningAds.NewCustomer(), RunningAds.NewCustomer());
        await ads.Hears(
            ads.Consent(ann, true, Hour),
            ads.Consent(bob, true, Hour),
            Said(ann, "merged", true, Hour),
            Said(phone, "merged", true, 2 * Hour),
            Said(bob, "merged", true, Hour),
            new CustomersMerged(phone, ann, ads.Clock.GetUtcNow())
        );
        Assert.Equal(new[] { ann, bob }.Order(), (await MembersAsync("merged")).Select(m => m.CustomerId).Order());

        await ads.Hears(new CustomerErased(bob, ads.Clock.GetUtcNow()));
        await ads.Hears(Said(bob, "merged", true, TimeSpan.Zero));
        Assert.Equal([ann], (await MembersAsync("merged")).Select(m => m.CustomerId));
    }

    [Fact]
    public async Task An_audience_that_nobody_named_is_not_there()
    {
        using var answer = await ads.Get("/audiences/nobody-named-this/members");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private async Task<IReadOnlyList<AudienceMember>> MembersAsync(string audience) =>
        (await ads.Read<Page<AudienceMember>>($"/audiences/{audience}/members")).Items;
}
