using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace MarketingPlatform.Console.Tests.Segments;

public sealed class SegmentPageTests
{
    [Fact]
    public async Task A_segment_that_is_on_no_first_page_of_the_list_has_its_page()
    {
        await using var console = await ConsoleAlone.StartAsync(door =>
        {
            door.MapGet("/api/v1/segments", () => Results.Json(new { items = Array.Empty<object>(), nextCursor = "more" }));
            door.MapGet(
                "/api/v1/segments/zebras",
                () =>
                    Results.Json(
                        new
                        {
                            key = "zebras",
                            name = "Striped customers",
                            description = "",
                            text = "age > 3",
                            words = "Old ones.",
                            forAds = false,
                            version = 1,
                            upToDate = false,
                            size = 1234,
                        }
                    )
            );
        });
        await console.SignInAsync();

        var (status, text) = await console.ReadAsync("/console/segments/zebras");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("Striped customers", text, StringComparison.Ordinal);
        Assert.Contains("1,234 members now", text, StringComparison.Ordinal);
        Assert.Contains("still being worked out", text, StringComparison.Ordinal);
    }
}
