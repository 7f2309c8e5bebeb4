using System.Buffers.Text;
using System.Text;
using CsCheck;
using MarketingPlatform.Platform.Http;
using Xunit;

namespace MarketingPlatform.Platform.Tests.Http;

public sealed class PagingTests
{
    [Fact]
    public void A_cursor_gives_back_its_parts() =>
        Gen.Char[' ', '\ud7ff']
            .Array[0, 40]
            .Select(chars => new string(chars))
            .Array[1, 5]
            .Sample(parts => Assert.Equal(parts, Cursor.Decode(Cursor.Encode(parts), parts.Length)));

    [Fact]
    public void A_cursor_fits_into_a_query_string_as_it_is() =>
        Gen.String.Array[1, 3].Sample(parts => Cursor.Encode(parts).All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));

    [Fact]
    public void What_is_not_a_cursor_is_none() => Gen.String.Sample(text => Cursor.Decode(text, 3) is null);

    [Theory]
    [InlineData("[null]")]
    [InlineData("""["a","b"]""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("""{"a":1}""")]
    [InlineData("[1]")]
    public void A_forged_cursor_is_none(string json) =>
        Assert.Null(Cursor.Decode(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json)), 1));

    [Fact]
    public void A_limit_is_from_1_to_1000() =>
        Gen
            .Int.Nullable()
            .Sample(asked => Limit.TryRead(asked, out var limit, out _) == ((asked ?? 100) is >= 1 and <= 1000) && limit == (asked ?? 100));

    [Theory]
    [InlineData(null, true)]
    [InlineData(1, true)]
    [InlineData(1000, true)]
    [InlineData(0, false)]
    [InlineData(1001, false)]
    [InlineData(-1, false)]
    public void A_limit_outside_is_refused_by_name(int? asked, bool accepted)
    {
        Assert.Equal(accepted, Limit.TryRead(asked, out _, out var error));
        Assert.Equal("limit", error.Field);
    }
}
