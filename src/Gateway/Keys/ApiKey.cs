using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using MarketingPlatform.Platform.Security;

namespace MarketingPlatform.Gateway.Keys;

/// <summary>A key as the holder sees it (<c>mp_write_…</c>): shown once, stored only as a hash.</summary>
internal static class ApiKey
{
    private const int RandomBytes = 32;
    private const int HintLength = 14;

    public static string Create(Scope scope) =>
        $"mp_{Scopes.NameOf(scope)}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes))}";

    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    public static string HintOf(string key) => key.Length <= HintLength ? key[..(key.Length / 2)] : key[..HintLength];

    /// <summary>
    /// The key in an Authorization header: after Bearer; as user name of Basic; or, as some client libraries send it, raw after Basic.
    /// Null where there is none, or where the value is a token already.
    /// </summary>
    public static string? Read(string? authorization)
    {
        if (string.IsNullOrWhiteSpace(authorization))
            return null;
        var parts = authorization.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length != 2)
            return null;
        if (parts[0].Equals("Bearer", StringComparison.OrdinalIgnoreCase))
            return IsToken(parts[1]) ? null : parts[1];
        if (!parts[0].Equals("Basic", StringComparison.OrdinalIgnoreCase))
            return null;
        return UserOf(parts[1]) ?? parts[1];
    }

    private static bool IsToken(string value) => value.Count(c => c == '.') == 2;

    private static string? UserOf(string credentials)
    {
        var bytes = new byte[credentials.Length];
        if (!Convert.TryFromBase64String(credentials, bytes, out var length))
            return null;
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 ? text[..colon] : null;
    }
}
