using System.CommandLine;
using System.Text.Json.Nodes;
using MarketingPlatform.Cli.Api;
using MarketingPlatform.Cli.Demo;
using MarketingPlatform.Platform.CommandLine;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Demo;

public sealed class DemoCommandTests
{
    private readonly Lock _lock = new();
    private readonly EagerTime _clock = new();
    private readonly List<string> _timers = [];
    private readonly List<JsonNode> _history = [];
    private readonly List<JsonNode> _live = [];
    private bool _reminded;
    private bool _mailFails;
    private bool _timerStaysShort;
    private string? _hero;
    private string? _articles;
    private JsonArray? _ads;

    [Fact]
    public async Task The_story_ends_with_the_path_of_the_mail_and_the_timer_as_it_was()
    {
        var (code, output) = await RunAsync();

        Assert.Equal(0, code);
        Assert.Equal("mail: /data/outbox/1.eml", output.TrimEnd().Split('\n')[^1]);
        Assert.Contains("Your cart is waiting", output, StringComparison.Ordinal);
        Assert.Contains("Steel Pan — Because you bought tea", output, StringComparison.Ordinal);
        Assert.Contains("Champions", output, StringComparison.Ordinal);
        Assert.Equal(["00:00:02", "02:00:00"], _timers);
    }

    [Fact]
    public async Task The_assistant_is_taught_the_articles_of_the_shop()
    {
        var (_, output) = await RunAsync();

        Assert.Contains("# Returning goods", _articles, StringComparison.Ordinal);
        Assert.Contains("Taught the assistant 33 articles.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_adverts_of_the_shop_are_told_and_their_money_is_divided()
    {
        var (_, output) = await RunAsync();

        Assert.Equal(9 * 56, _ads!.Count);
        Assert.Contains("70 EUR to search/new", output, StringComparison.Ordinal);
        Assert.DoesNotContain("least", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_is_older_than_a_day_and_the_live_cart_is_of_now_with_one_cart_id()
    {
        var start = _clock.GetUtcNow();
        await RunAsync();

        Assert.All(_history, call => Assert.True(When(call) < start.AddDays(-1)));
        Assert.Equal(["Product Viewed", "Product Added", "Product Viewed", "Product Added"], _live.Select(call => (string?)call["event"]));
        Assert.All(_live, call => Assert.True(When(call) >= start));
        Assert.Single(_live.Select(call => (string?)call["properties"]!["cart_id"]).OfType<string>().Distinct());
        Assert.Empty(_live.Select(Id).Intersect(_history.Select(Id)));
    }

    [Fact]
    public async Task Somebody_who_was_reminded_before_is_not_the_hero_again()
    {
        _reminded = true;
        await RunAsync();

        Assert.NotEqual(_hero, (string?)_live[0]["userId"]);
    }

    [Fact]
    public async Task A_mail_that_is_not_sent_is_an_error_and_the_timer_still_comes_back()
    {
        _mailFails = true;

        await Assert.ThrowsAsync<CommandException>(RunAsync);

        Assert.Equal(["00:00:02", "02:00:00"], _timers);
    }

    [Fact]
    public async Task A_timer_that_cannot_be_restored_is_said_and_hides_nothing()
    {
        _timerStaysShort = true;

        var (code, output) = await RunAsync();

        Assert.Equal(0, code);
        Assert.Contains("The cart timer is still 00:00:02", output, StringComparison.Ordinal);
        Assert.Equal("mail: /data/outbox/1.eml", output.TrimEnd().Split('\n')[^1]);
    }

    private async Task<(int Code, string Output)> RunAsync()
    {
        await using var platform = await FakePlatform.StartAsync(AnswerAsync);
        var output = new StringWriter();
        var settings = new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false };
        string[] args = ["--port", $"{platform.Port}", "--data", platform.Data, "--customers", "60"];
        var code = await DemoCommand.Create(_clock).Parse(args).InvokeAsync(settings, TestContext.Current.CancellationToken);
        return (code, output.ToString());
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var body = context.Request.Method == "GET" ? null : await FakePlatform.BodyAsync(context);
        if (_timerStaysShort && body?["abandonedAfter"] is not null && _timers.Count > 0)
        {
            context.Response.StatusCode = 403;
            return;
        }
        string answer;
        lock (_lock)
            answer = Answer(context.Request, body);
        await context.Response.WriteAsync(answer);
    }

    private string Answer(HttpRequest request, JsonNode? body)
    {
        switch (request.Path.Value)
        {
            case "/v1/batch":
                _history.AddRange(body!["batch"]!.AsArray().OfType<JsonNode>());
                return """{"success":true}""";
            case "/v1/track":
                _live.Add(body!);
                return """{"success":true}""";
            case "/api/v1/products":
                return """{"accepted":300,"rejected":[]}""";
            case "/api/v1/chat/articles/import":
                _articles = (string)body!["markdown"]!;
                return """{"articles":33,"ids":[]}""";
            case "/api/v1/ads/performance":
                _ads = body!["rows"]!.AsArray();
                return """{"accepted":504,"rejected":[],"held":[]}""";
            case "/api/v1/ads/budget/allocate":
                return """{"cells":[{"amount":9,"explanation":"least"},{"amount":70,"explanation":"70 EUR to search/new"},{"amount":11,"explanation":"some"}]}""";
            case "/api/v1/customers":
                _hero ??= request.Query["userId"];
                return $$"""{"items":[{"id":"id-of-{{request.Query["userId"]}}"}]}""";
            case "/api/v1/segments":
                return """{"items":[{"key":"champions","name":"Champions","kind":"rfm","size":7}]}""";
            case "/api/v1/recommendations":
                return """{"modelVersion":"co-1","items":[{"productId":"KIT-001","name":"Steel Pan","currency":"EUR","score":1,"reason":"r","source":"s"}]}""";
            case "/api/v1/settings/carts" when body is not null:
                _timers.Add((string)body["abandonedAfter"]!);
                return "{}";
            case "/api/v1/settings/carts":
                return """{"abandonedAfter":"02:00:00"}""";
            case "/api/v1/messages":
                return Messages(request.Query["customer"]!);
            default:
                return "";
        }
    }

    private string Messages(string customer)
    {
        if (_live.Count < 4 || customer != $"id-of-{_live[0]["userId"]}")
        {
            return _reminded && customer == $"id-of-{_hero}"
                ? """{"items":[{"id":"0","automation":"abandoned-cart","status":"sent"}]}"""
                : """{"items":[{"id":"w","automation":"welcome","status":"sent"}]}""";
        }
        var status = _mailFails ? "failed" : "sent";
        var left = _live[0]["properties"]!["product_id"];
        return $$"""
            {"items":[{"id":"1","automation":"abandoned-cart","status":"{{status}}","subject":"Your cart is waiting","location":"/data/outbox/1.eml",
              "products":[{"productId":"{{left}}","name":"Left"},{"productId":"KIT-001","name":"Steel Pan","reason":"Because you bought tea"}]}]}
            """;
    }

    private static string Id(JsonNode call) => (string)call["messageId"]!;

    private static DateTimeOffset When(JsonNode call) => (DateTimeOffset)call["timestamp"]!;
}
