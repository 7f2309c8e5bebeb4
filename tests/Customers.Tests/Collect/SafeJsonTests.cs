using System.IO.Compression;
using System.Text;
using System.Text.Json;
using CsCheck;
using MarketingPlatform.Customers.Collect;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Collect;

public sealed class SafeJsonTests(Shop shop)
{
    private const int MaxBytes = 500 * 1024;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Pieces of JSON strings that are legal on the wire and hard to store.</summary>
    private static readonly Gen<string> Piece = Gen.OneOf(
        "a",
        "\\\\",
        "\\u0000",
        "\\ud83d",
        "\\uDE00",
        "\\ud83d\\ude00",
        "\\n",
        "\\\"",
        "u0000",
        "\\/",
        "é",
        "😀",
        "\\u00e9",
        "\\uDFFF",
        "\\ud800",
        "\\u2028"
    );

    [Fact]
    public async Task Mended_text_parses_and_can_be_stored()
    {
        var samples = Piece.Array[0, 12].Select(pieces => "\"" + string.Concat(pieces) + "\"").Array[400].Single();
        var mended = samples.Select(SafeJson.Mend).ToArray();

        foreach (var text in mended)
        {
            var value = JsonElement.Parse(text).GetString()!;
            Assert.DoesNotContain('\0', value);
            Assert.Equal(value, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value)));
        }
        Assert.Equal(
            400,
            await shop.Db.QuerySingleAsync<int>("select count(t::jsonb)::int from unnest(@mended::text[]) t", new { mended }, Ct)
        );
    }

    [Theory]
    [InlineData(
        """
            "C:\\u0000\\ud83d"
            """
    )]
    [InlineData(
        """
            "\\\\u0000 \ud83d\ude00 \n \u00e9"
            """
    )]
    public void What_can_be_stored_is_left_as_it_is(string json) => Assert.Equal(json, SafeJson.Mend(json));

    [Theory]
    [InlineData("""{"a":"x\u0000y"}""", "xy")]
    [InlineData("""{"a":"\\\u0000"}""", "\\")]
    [InlineData("""{"a":"\ud83d!"}""", "\uFFFD!")]
    [InlineData("""{"a":"\ud83d\ud83d\ude00"}""", "\uFFFD😀")]
    [InlineData("""{"a":"\ude00\ud83d"}""", "\uFFFD\uFFFD")]
    public async Task Bodies_are_mended_on_the_way_in(string body, string expected)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(body));
        using var json = await SafeJson.ReadAsync(stream, null, MaxBytes, Ct);
        Assert.Equal(expected, json.Root.GetProperty("a").GetString());
    }

    [Fact]
    public async Task Broken_UTF8_and_a_byte_order_mark_are_read()
    {
        using var stream = new MemoryStream([.. Encoding.UTF8.Preamble, .. "{\"a\":\"x"u8, 0xC3, .. "\"}"u8]);
        using var json = await SafeJson.ReadAsync(stream, null, MaxBytes, Ct);
        Assert.Equal("x\uFFFD", json.Root.GetProperty("a").GetString());
    }

    [Fact]
    public async Task What_is_not_JSON_is_said_to_be_so() =>
        await Assert.ThrowsAnyAsync<JsonException>(() => SafeJson.ReadAsync(new MemoryStream("{'a':1}"u8.ToArray()), null, MaxBytes, Ct));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20_000)]
    [InlineData(null)]
    public async Task A_body_is_read_whole_whatever_length_it_claims(int? length)
    {
        var text = string.Concat(Enumerable.Repeat("0123456789", 900));
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes($$"""{"a":"{{text}}"}"""));
        using var json = await SafeJson.ReadAsync(stream, length, MaxBytes, Ct);
        Assert.Equal(text, json.Root.GetProperty("a").GetString());
    }

    [Fact]
    public async Task A_compressed_body_is_read_though_no_header_says_so_and_not_without_end()
    {
        using var json = await SafeJson.ReadAsync(Packed("""{"a":"x"}"""), null, MaxBytes, Ct);
        Assert.Equal("x", json.Root.GetProperty("a").GetString());
        var bomb = await Assert.ThrowsAsync<BadHttpRequestException>(() =>
            SafeJson.ReadAsync(Packed(new string(' ', 10 * MaxBytes)), null, MaxBytes, Ct)
        );
        Assert.Equal(413, bomb.StatusCode);
    }

    private static MemoryStream Packed(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return new MemoryStream(packed.ToArray());
    }
}
