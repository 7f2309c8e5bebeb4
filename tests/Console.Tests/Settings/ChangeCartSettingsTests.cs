using MarketingPlatform.Console.Settings;
using Xunit;

namespace MarketingPlatform.Console.Tests.Settings;

public sealed class ChangeCartSettingsTests(RunningPlatform platform, Browser browser)
{
    [Fact]
    public async Task Of_two_who_edit_the_same_setting_the_slower_is_told_and_changes_nothing()
    {
        var first = await browser.OpenAsync(platform.Door);
        var second = await browser.OpenAsync(platform.Door);
        await first.SignsInAsync("editor-one", await platform.MakesUserAsync("editor-one", "marketer"));
        await second.SignsInAsync("editor-two", await platform.MakesUserAsync("editor-two", "marketer"));
        await first.GotoAsync("/console/settings");
        await second.GotoAsync("/console/settings");

        await first.GetByLabel("Hours").FillAsync("7");
        await first.GetByLabel("Minutes").FillAsync("30");
        await first.Button("Save").ClickAsync();
        await first.GetByText("Saved.").WaitForAsync();
        await second.GetByLabel("Hours").FillAsync("2");
        await second.Button("Save").ClickAsync();
        await second.GetByText("Somebody else has just set it to").WaitForAsync();

        Assert.Equal("07:30:00", (await platform.GetAsync("/api/v1/settings/carts"))["abandonedAfter"]!.ToString());
        Assert.Equal("7", await second.GetByLabel("Hours").InputValueAsync());
    }

    [Fact]
    public void A_change_is_made_on_what_its_reader_saw_only()
    {
        var (hour, day) = (TimeSpan.FromHours(1), TimeSpan.FromDays(1));

        Assert.Null(ChangeCartSettings.WhyNot(wanted: day, seen: hour, now: hour));
        Assert.Contains("Somebody else", ChangeCartSettings.WhyNot(wanted: day, seen: hour, now: day), StringComparison.Ordinal);
        Assert.Contains("whole numbers", ChangeCartSettings.WhyNot(wanted: null, seen: hour, now: hour), StringComparison.Ordinal);
    }
}
