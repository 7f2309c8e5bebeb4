using System.IO.Compression;
using System.Text;
using MarketingPlatform.Gateway.Keys;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace MarketingPlatform.Gateway.Tests.Keys;

public sealed class KeyInBodyTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"writeKey":"k"}""", "k")]
    [InlineData("""{"batch":[{"writeKey":"not this one"}],"context":{"writeKey":"nor this"},"writeKey":"k"}""", "k")]
    [InlineData("""{"writeKey":""}""", null)]
    [InlineData("""{"writeKey":7}""", null)]
    [InlineData("""{"writeKey":"\ud800"}""", null)]
    [InlineData("""{"a":""", null)]
    [InlineData("""["writeKey","k"]""", null)]
    [InlineData("", null)]
    [InlineData("writeKey=k", null)]
    public void The_key_is_found_where_the_call_itself_names_it(string body, string? key) =>
        Assert.Equal(key, KeyInBody.Find(Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_body_stays_as_it_came(bool packed)
    {
        var sent = Encoding.UTF8.GetBytes("""{"batch":[],"writeKey":"k"}""");
        if (packed)
        {
            using var memory = new MemoryStream();
            using (var gzip = new GZipStream(memory, CompressionLevel.Fastest, leaveOpen: true))
                gzip.Write(sent);
            sent = memory.ToArray();
        }
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(sent);

        Assert.Equal("k", await KeyInBody.ReadAsync(context.Request, Ct));
        using var rest = new MemoryStream();
        await context.Request.Body.CopyToAsync(rest, Ct);
        Assert.Equal(sent, rest.ToArray());
    }

    [Fact]
    public async Task A_body_that_unpacks_to_more_than_a_call_may_have_is_not_searched()
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes($$"""{"padding":"{{new string('x', 600 * 1024)}}","writeKey":"k"}"""));
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(memory.ToArray());
        Assert.Null(await KeyInBody.ReadAsync(context.Request, Ct));
    }
}
