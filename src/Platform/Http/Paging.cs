using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace MarketingPlatform.Platform.Http;

/// <summary>The opaque <c>cursor</c> of lists: the sort key of the last row, encoded.</summary>
public static class Cursor
{
    public static string Encode(params ReadOnlySpan<string> parts) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(parts.ToArray()));

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
