using System.Net;
using MarketingPlatform.AdOptimization.Creatives;
using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Security;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Creatives;

public sealed class CreativeTestsTests(RunningAds ads) : IClassFixture<RunningAds>
{
    private static readonly DateOnly First = RunningAds.Today.AddDays(-10);

    [Fact]
    public async Task Rows_come_in_the_loser_is_paused_with_its_reason_and_the_others_share_its_showings()
    {
        await ads.StartsOver();
        var test = await Create();
        Assert.Equal("running", test.Status);

        await Send([.. Enumerable.Range(0, 9).SelectMany(day => new[] { Row(day, "photo", 150), Row(day, "video", 300) })]);

        var now = await ads.Read<CreativeTestView>($"/creative-tests/{test.Id}");
        Assert.Equal("decided", now.Status);
        var photo = now.Arms.Single(a => a.Creative == "photo");
        Assert.Equal(("new", CreativeArm.Paused, 0.0, 90_000L), (photo.Segment, photo.Status, photo.Share, photo.Impressions));
        Assert.StartsWith("1.5 % clicks by showing against 3.0 % of 'video'", photo.Reason, StringComparison.Ordinal);
        Assert.Equal(1, now.Arms.Single(a => a.Creative == "video").Share);
        var decisions = await ads.Read<Page<CreativeDecisionView>>($"/creative-tests/{test.Id}/decisions");
        Assert.Equal(["performance", "created"], decisions.Items.Select(d => d.Cause));
        Assert.Equal(test.Id, Assert.Single((await ads.Read<Page<CreativeTestView>>("/creative-tests")).Items).Id);
    }

    [Fact]
    public async Task A_paused_creative_comes_back_when_somebody_resumes_it()
    {
        await ads.StartsOver();
        var test = await Create();
        await Send([.. Enumerable.Range(0, 9).SelectMany(day => new[] { Row(day, "photo", 150), Row(day, "video", 300) })]);

        var resumed = await ads.Write<CreativeTestView>($"/creative-tests/{test.Id}/resume", new ResumeRequest("photo", "new"));

        var photo = resumed.Arms.Single(a => a.Creative == "photo");
        Assert.Equal((CreativeArm.Active, RunningAds.Today.AddDays(1)), (photo.Status, photo.Since));
        Assert.StartsWith("Resumed by hand on 2026-03-02", photo.Reason, StringComparison.Ordinal);
        using var again = await ads.Post($"/creative-tests/{test.Id}/resume", """{"creative": "photo", "segment": "new"}""");
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
    }

    [Fact]
    public async Task A_test_that_is_stopped_decides_no_more_and_gives_its_creatives_free()
    {
        await ads.StartsOver();
        var test = await Create();
        using (
            var overlapping = await ads.Post(
                "/creative-tests",
                """{"name": "x", "channel": "Social", "campaign": "spring", "creatives": ["video", "gif"]}"""
            )
        )
            Assert.Equal(HttpStatusCode.Conflict, overlapping.StatusCode);

        using (var stopped = await ads.Post($"/creative-tests/{test.Id}/stop", ""))
            Assert.Equal(HttpStatusCode.NoContent, stopped.StatusCode);
        await Send(Row(1, "photo", 150), Row(1, "video", 300));

        var now = await ads.Read<CreativeTestView>($"/creative-tests/{test.Id}");
        Assert.Equal(("stopped", 0), (now.Status, now.Arms.Count));
        Assert.NotEqual(test.Id, (await Create()).Id);
    }

    [Fact]
    public async Task Every_bad_field_of_a_test_is_named()
    {
        using var response = await ads.Post(
            "/creative-tests",
            """{"name": "", "creatives": ["a", "a"], "metric": "likes", "method": "coin", "minimumShare": 0.6, "halfLifeDays": 0, "startsOn": "1999-01-01"}"""
        );
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var text = await response.Content.ReadAsStringAsync(RunningAds.Ct);
        Assert.All(
            ["name", "channel", "creatives", "metric", "method", "minimumShare", "halfLifeDays", "startsOn"],
            field => Assert.Contains($"\"{field}\"", text, StringComparison.Ordinal)
        );
        using var split = await ads.Post(
            "/creative-tests",
            """{"name": "x", "channel": "social", "creatives": ["a", "b"], "metric": "value", "method": "split"}"""
        );
        Assert.Contains("needs thompson", await split.Content.ReadAsStringAsync(RunningAds.Ct), StringComparison.Ordinal);
        using var forbidden = await ads.Post("/creative-tests", "{}", Scope.Read);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
    }

    private Task<CreativeTestView> Create() =>
        ads.Write<CreativeTestView>(
            "/creative-tests",
            new CreativeTestRequest("Spring faces", "Social", "spring", null, ["photo", "video"], null, null, null, null, First, 1)
        );

    private static PerformanceRow Row(int day, string creative, long clicks) =>
        new(First.AddDays(day), "social", "spring", "new", 20, null, 10_000, clicks, 3, 90, Creative: creative);

    private Task<PerformanceResult> Send(params PerformanceRow?[] rows) =>
        ads.Write<PerformanceResult>("/performance", new PerformanceRows(rows));
}
