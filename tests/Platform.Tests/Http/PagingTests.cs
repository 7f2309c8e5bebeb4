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

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_a_cursor_the_first_page_is_meant(string? cursor)
    {
        Assert.True(Cursor.TryRead(cursor, out var id, out _));
        Assert.True(Cursor.TryRead(cursor, 3, out var parts, out _));
        Assert.Null(id);
        Assert.Null(parts);
    }

    [Fact]
    public void A_cursor_that_is_none_is_refused_by_name()
    {
        foreach (var cursor in new[] { "nonsense", Cursor.Encode("no id"), Cursor.Encode("a", "b"), Cursor.Encode("a\0") })
        {
            Assert.False(Cursor.TryRead(cursor, out Guid? _, out var error));
            Assert.Equal("cursor", error.Field);
        }
        Assert.False(Cursor.TryRead(Cursor.Encode("a", "b\0"), 2, out _, out _));
        Assert.True(Cursor.TryRead(Cursor.Encode("a", "b"), 2, out var parts, out _));
        Assert.Equal(["a", "b"], parts!);
    }

    [Fact]
    public void Pages_by_cursor_give_every_row_once() =>
        Gen
            .Guid.Array[0, 40]
            .Select(Gen.Int[1, 15])
            .Sample(
                (ids, limit) =>
                {
                    Guid[] all = [.. ids.Distinct().Order()];
                    List<Guid> read = [];
                    string? cursor = null;
                    do
                    {
                        Assert.True(Cursor.TryRead(cursor, out var after, out _));
                        var page = Pages.Of([.. all.Where(id => after is null || id > after).Take(limit + 1)], limit, id => id);
                        Assert.InRange(page.Items.Count, 0, limit);
                        read.AddRange(page.Items);
                        cursor = page.NextCursor;
                    } while (cursor is not null);
                    Assert.Equal(all, read);
                }
            );

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
