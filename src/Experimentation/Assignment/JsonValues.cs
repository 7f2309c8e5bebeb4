using System.Globalization;
using System.Text.Json;

namespace MarketingPlatform.Experimentation.Assignment;

/// <summary>JSON values seen as JavaScript sees them, for conditions and hash values.</summary>
internal static class JsonValues
{
    /// <summary>A member, undefined where there is none.</summary>
    public static JsonElement Member(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) ? member : default;

    /// <summary>What a path with dots leads to; undefined where it ends before.</summary>
    public static JsonElement At(JsonElement value, string path)
    {
        foreach (var part in path.AsSpan().Split('.'))
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(path.AsSpan(part), out var inner))
                return default;
            value = inner;
        }
        return value;
    }

    public static bool IsNull(JsonElement value) => value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    public static bool IsTruthy(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.False => false,
            JsonValueKind.Number => value.GetDouble() != 0,
            JsonValueKind.String => !value.ValueEquals(""u8),
            _ => true,
        };

    public static string Text(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Undefined => "null",
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => value.GetRawText(),
        };

    /// <summary>NaN for what is no number.</summary>
    public static double Number(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.False => 0,
            JsonValueKind.True => 1,
            JsonValueKind.String when string.IsNullOrWhiteSpace(value.GetString()) => 0,
            JsonValueKind.String
                when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            _ => double.NaN,
        };

    /// <summary>The operator ===: objects and arrays equal nothing.</summary>
    public static bool Same(JsonElement a, JsonElement b)
    {
        if (IsNull(a) || IsNull(b))
            return IsNull(a) && IsNull(b);
        if (a.ValueKind != b.ValueKind)
            return false;
        return a.ValueKind switch
        {
            JsonValueKind.String => a.ValueEquals(b.GetString()),
            JsonValueKind.Number => a.GetDouble() == b.GetDouble(),
            JsonValueKind.True or JsonValueKind.False => true,
            _ => false,
        };
    }

    /// <summary>Order of two texts by code units, of anything else as numbers; null where there is no order.</summary>
    public static int? Compare(JsonElement a, JsonElement b)
    {
        if (a.ValueKind == JsonValueKind.String && b.ValueKind == JsonValueKind.String)
            return string.CompareOrdinal(a.GetString(), b.GetString());
        var (x, y) = (Number(a), Number(b));
        return double.IsNaN(x) || double.IsNaN(y) ? null : x.CompareTo(y);
    }

    public static string Type(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Undefined => "undefined",
            JsonValueKind.Null => "null",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Number => "number",
            JsonValueKind.String => "string",
            JsonValueKind.Array => "array",
            _ => "object",
        };
}
