using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Platform.Tests.Probe;
using Xunit;

namespace MarketingPlatform.Platform.Tests.Http;

/// <summary>One probe whose bodies may have a thousand bytes.</summary>
public sealed class HttpEdge : IAsyncLifetime
{
    public const int MaxBody = 1000;

    internal ProbeHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await ProbeHost.StartAsync(settings: ("Http:MaxBodyBytes", $"{MaxBody}"));

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

public sealed class HttpEdgeTests(HttpEdge edge) : IClassFixture<HttpEdge>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/for/read", null, null, 401, "missing-key")]
    [InlineData("GET", "/for/admin", Scope.Write, null, 403, "insufficient-scope")]
    [InlineData("GET", "/nowhere", null, null, 404, "no-such-path")]
    [InlineData("DELETE", "/echo", null, null, 405, "method-not-allowed")]
    [InlineData("POST", "/echo", null, "text/plain", 415, "unsupported-media-type")]
    [InlineData("POST", "/echo", null, "application/json", 400, "malformed-json")]
    [InlineData("GET", "/bug", null, null, 500, "internal")]
    public async Task A_refusal_is_a_problem_that_says_what_to_do(
        string method,
        string path,
        Scope? scope,
        string? type,
        int status,
        string slug
    )
    {
        using var body = type is null ? null : new StringContent("{ \"text\": ", Encoding.UTF8, type);

        using var answer = await edge.Host.SendAsync(new HttpMethod(method), path, scope, body);

        await AssertProblemAsync(answer, status, slug);
        Assert.DoesNotContain("secret of the house", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_without_content_is_refused()
    {
        using var answer = await edge.Host.SendAsync(
            HttpMethod.Post,
            "/echo",
            null,
            new StringContent("", Encoding.UTF8, "application/json")
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("/echo", HttpEdge.MaxBody)]
    [InlineData("/echo/small", ProbeModule.SmallBody)]
    [InlineData("/echo/large", ProbeModule.LargeBody)]
    public async Task A_body_up_to_the_limit_of_its_endpoint_is_read_and_a_larger_one_refused_compressed_or_not(string path, int limit)
    {
        foreach (var compressed in new[] { false, true })
        {
            using var fits = await PostAsync(path, limit, compressed);
            Assert.Equal(HttpStatusCode.OK, fits.StatusCode);
            Assert.Equal(limit, (await fits.Content.ReadAsByteArrayAsync(Ct)).Length);

            using var tooLarge = await PostAsync(path, limit + 1, compressed);
            await AssertProblemAsync(tooLarge, 413, "body-too-large");
        }
    }

    [Fact]
    public async Task A_body_that_is_not_compressed_as_it_says_is_refused()
    {
        using var body = new StringContent("{\"text\":\"plain\"}", Encoding.UTF8, "application/json");
        body.Headers.ContentEncoding.Add("gzip");

        using var answer = await edge.Host.SendAsync(HttpMethod.Post, "/echo", null, body);

        await AssertProblemAsync(answer, 400, "malformed-body");
    }

    [Fact]
    public async Task Too_many_requests_of_one_key_are_told_when_to_come_back_and_others_are_served()
    {
        await using var host = await ProbeHost.StartAsync(settings: ("Http:RequestsPerSecond", "1"));

        // One a second over ten seconds: the eleventh within that time is one too many.
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => host.SendAsync(HttpMethod.Get, "/for/read", Scope.Read)));

        Assert.InRange(answers.Count(answer => answer.StatusCode == HttpStatusCode.NoContent), 10, 30);
        var refused = answers.First(answer => answer.StatusCode != HttpStatusCode.NoContent);
        await AssertProblemAsync(refused, 429, "too-many-requests");
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
        using var other = await host.SendAsync(HttpMethod.Get, "/for/read", Scope.Admin);
        Assert.Equal(HttpStatusCode.NoContent, other.StatusCode);
        using var health = await host.SendAsync(HttpMethod.Get, "/health");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        foreach (var answer in answers)
            answer.Dispose();
    }

    private Task<HttpResponseMessage> PostAsync(string path, int bytes, bool compressed)
    {
        var json = "{\"text\":\"" + new string('a', bytes - 11) + "\"}";
        var body = new ByteArrayContent(compressed ? Gzip(json) : Encoding.UTF8.GetBytes(json));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (compressed)
            body.Headers.ContentEncoding.Add("gzip");
        return edge.Host.SendAsync(HttpMethod.Post, path, null, body);
    }

    private static byte[] Gzip(string text)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return compressed.ToArray();
    }

    private static async Task AssertProblemAsync(HttpResponseMessage answer, int status, string slug)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal("/problems/" + slug, problem.GetProperty("type").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
    }
}
