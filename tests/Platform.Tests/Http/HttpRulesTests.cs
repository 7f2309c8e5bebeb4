using System.Text.Json;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace MarketingPlatform.Platform.Tests.Http;

public sealed class HttpRulesTests
{
    public static TheoryData<Exception?, int, string> Failures() =>
        new()
        {
            { new BadHttpRequestException("too large", 413), 413, "body-too-large" },
            { new BadHttpRequestException("json", 400, JsonErrorIn("{\n \"a\": }")), 400, "malformed-json" },
            { JsonErrorIn("["), 400, "malformed-json" },
            { new BadHttpRequestException("type", 415), 415, "unsupported-media-type" },
            { new BadHttpRequestException("no body", 400), 400, "bad-request" },
            { new BadHttpRequestException("slow", 408), 408, "bad-request" },
            { new InvalidDataException("gzip"), 400, "malformed-body" },
            { new Npgsql.PostgresException("null byte", "ERROR", "ERROR", "22021"), 400, "unstorable-text" },
            { new Npgsql.PostgresException("null escape", "ERROR", "ERROR", "22P05"), 400, "unstorable-text" },
            { new Npgsql.PostgresException("secret", "ERROR", "ERROR", "23505"), 500, "internal" },
            { new DatabaseNotReadyException("The service is waiting."), 503, "starting" },
            { new InvalidOperationException("password=secret"), 500, "internal" },
            { null, 500, "internal" },
        };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public void A_failure_has_a_status_a_slug_and_a_sentence_that_says_what_to_do(Exception? failure, int status, string slug)
    {
        var problem = HttpRules.Explain(failure);

        Assert.Equal(status, problem.Status);
        Assert.Equal("/problems/" + slug, problem.Type);
        Assert.False(string.IsNullOrWhiteSpace(problem.Title));
        Assert.False(string.IsNullOrWhiteSpace(problem.Detail));
        Assert.DoesNotContain("secret", problem.Title + problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Malformed_JSON_is_shown_by_line_and_byte() =>
        Assert.Contains("line 2, byte 7", HttpRules.Explain(JsonErrorIn("{\n \"a\": }")).Detail, StringComparison.Ordinal);

    private static JsonException JsonErrorIn(string json) =>
        Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<Dictionary<string, string>>(json));
}
