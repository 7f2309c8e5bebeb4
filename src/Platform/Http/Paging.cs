using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Platform.Http;

/// <summary>The opaque <c>cursor</c> of lists: the sort key of the last row, encoded.</summary>
public static class Cursor
{
    public static string Encode(params ReadOnlySpan<string> parts) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(parts.ToArray()));

    /// <param name="last">Parts of the last row's key, as they were encoded; null on the first page.</param>
    /// <returns>False where the cursor is not one of ours.</returns>
    public static bool TryRead(string? cursor, int parts, out string[]? last, out FieldError error)
    {
        last = Decode(cursor, parts);
        error = new FieldError("cursor", "Pass the nextCursor of the page before, unchanged.");
        // PostgreSQL keeps no U+0000 and refuses to look for one.
        return last is null ? string.IsNullOrEmpty(cursor) : !last.Any(part => part.Contains('\0', StringComparison.Ordinal));
    }

    /// <summary>The cursor of a list in the order of an id.</summary>
    /// <param name="last">Null on the first page.</param>
    /// <returns>False where the cursor is not one of ours.</returns>
    public static bool TryRead(string? cursor, out Guid? last, out FieldError error)
    {
        var read = TryRead(cursor, 1, out var parts, out error);
        last = Guid.TryParse(parts?[0], out var id) ? id : null;
        return read && (parts is null || last is not null);
    }

    /// <returns>The parts, or null where <paramref name="cursor"/> is absent or not one of ours.</returns>
    public static string[]? Decode(string? cursor, int parts)
    {
        if (string.IsNullOrEmpty(cursor))
            return null;
        try
        {
            var decoded = JsonSerializer.Deserialize<string[]>(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)));
            return decoded?.Length == parts && !decoded.Contains(null) ? decoded : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }
}

/// <summary>Pages of what was read.</summary>
public static class Pages
{
    /// <param name="found">Rows from the cursor on: at most one more than <paramref name="limit"/>, which tells that another page follows.</param>
    /// <param name="cursor">Of the page that begins after a row.</param>
    public static Page<T> Of<T>(IReadOnlyList<T> found, int limit, Func<T, string> cursor)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(cursor);
        return found.Count > limit ? new([.. found.Take(limit)], cursor(found[limit - 1])) : new(found, null);
    }

    /// <summary>Pages in the order of an id.</summary>
    public static Page<T> Of<T>(IReadOnlyList<T> found, int limit, Func<T, Guid> id) =>
        Of(found, limit, row => Cursor.Encode(id(row).ToString()));
}

/// <summary>The <c>limit</c> of lists: 1 to 1,000, 100 unless asked.</summary>
public static class Limit
{
    public static bool TryRead(int? asked, out int limit, out FieldError error)
    {
        limit = asked ?? 100;
        error = new FieldError("limit", "Give a whole number from 1 to 1000.");
        return limit is >= 1 and <= 1000;
    }
}
