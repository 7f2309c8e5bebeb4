using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace MarketingPlatform.Console.Tests.Api;

public sealed class ServiceAwayTests
{
    private static readonly string[] Pages =
    [
        "/",
        "/console/customers",
        $"/console/customers/{Guid.CreateVersion7()}",
        "/console/segments",
        "/console/automations",
        "/console/segments/new",
        "/console/recommendations",
        "/console/recommendations?placement=trending",
        "/console/recommendations/models",
        "/console/recommendations/catalogue",
        "/console/mail",
        $"/console/mail/{Guid.CreateVersion7()}",
        "/console/operations",
        $"/console/operations/messages/email/{Guid.CreateVersion7()}",
        $"/console/operations/keys/{Guid.CreateVersion7()}/revoke",
        $"/console/operations/imports/{Guid.CreateVersion7()}/cancel",
        "/console/settings",
    ];

    [Fact]
    public async Task With_one_service_down_the_rest_of_the_page_works_and_says_what_is_missing()
    {
        await using var console = await ConsoleAlone.StartAsync(door =>
            door.MapGet(
                "/api/v1/customers/overview",
                () =>
                    Results.Json(
                        new
                        {
                            customers = 4711,
                            identified = 4000,
                            currency = "EUR",
                            days = Array.Empty<object>(),
                        }
                    )
            )
        );
        await console.SignInAsync();

        var (status, text) = await console.ReadAsync("/");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("4,711", text, StringComparison.Ordinal);
        Assert.Contains("Email does not answer. The rest of this page is complete.", text, StringComparison.Ordinal);
        Assert.Contains("It does not answer.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_page_is_shown_while_every_service_is_down()
    {
        await using var console = await ConsoleAlone.StartAsync(_ => { });
        await console.SignInAsync();
        foreach (var page in Pages)
        {
            var (status, text) = await console.ReadAsync(page);
            Assert.True(status == HttpStatusCode.OK, $"{page} answered {(int)status}");
            Assert.Contains("not answer", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Where_an_endpoint_is_not_offered_every_page_shows_an_empty_state()
    {
        await using var console = await ConsoleAlone.StartAsync(door => door.MapGet("/api/{**rest}", () => Results.NotFound()));
        await console.SignInAsync();
        foreach (var page in Pages)
        {
            var (status, text) = await console.ReadAsync(page);
            Assert.True(status == HttpStatusCode.OK, $"{page} answered {(int)status}");
            Assert.Contains("class=\"empty", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_answer_that_is_not_understood_and_one_that_does_not_come_are_holes_too()
    {
        await using var console = await ConsoleAlone.StartAsync(door =>
        {
            door.MapGet("/api/v1/segments", () => Results.Text("<html>", "text/html"));
            door.MapGet("/api/v1/settings/carts", (CancellationToken gone) => Task.Delay(Timeout.Infinite, gone));
        });
        await console.SignInAsync();

        Assert.Contains(
            "Segmentation answered something that the console does not understand.",
            (await console.ReadAsync("/console/segments")).Text,
            StringComparison.Ordinal
        );
        Assert.Contains("Customers does not answer.", (await console.ReadAsync("/console/settings")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_that_a_service_refuses_leaves_no_entry_in_the_audit_log()
    {
        await using var console = await ConsoleAlone.StartAsync(door =>
            door.MapPost("/api/v1/keys", () => Results.Problem("Say in 1 to 100 characters what the key is for.", statusCode: 400))
        );
        await console.SignInAsync();

        using var answer = await console.PostAsync(
            "/console/operations/keys/new",
            "/console/operations/keys",
            ("name", "x"),
            ("scope", "read")
        );

        Assert.Equal("/console/operations/keys/new", answer.Headers.Location?.ToString());
        Assert.Contains(
            "Say in 1 to 100 characters",
            (await console.ReadAsync("/console/operations/keys/new")).Text,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("key.make", (await console.ReadAsync("/console/audit")).Text, StringComparison.Ordinal);
    }
}
