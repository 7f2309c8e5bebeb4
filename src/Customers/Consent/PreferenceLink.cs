using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace MarketingPlatform.Customers.Consent;

/// <summary>
/// The token of a link to a customer's preferences: who, until when, and a signature (HMAC-SHA256, first 16 bytes) that only this
/// deployment can make. No I/O.
/// </summary>
internal static class PreferenceLink
{
    private const int IdBytes = 16;
    private const int TimeBytes = 8;
    private const int SignatureBytes = 16;

    /// <param name="hash">A keyed hash.</param>
    public static string Create(Guid customer, DateTimeOffset expiresAt, Func<string, byte[]> hash)
    {
        var token = new byte[IdBytes + TimeBytes + SignatureBytes];
        customer.TryWriteBytes(token, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(token.AsSpan(IdBytes), expiresAt.ToUnixTimeSeconds());
        Sign(customer, expiresAt.ToUnixTimeSeconds(), hash).CopyTo(token.AsSpan(IdBytes + TimeBytes));
        return Base64Url.EncodeToString(token);
    }

    /// <returns>The customer; null where the token is not ours, was changed, or has expired.</returns>
    public static Guid? Read(string? text, DateTimeOffset now, Func<string, byte[]> hash)
    {
        var token = new byte[IdBytes + TimeBytes + SignatureBytes];
        if (
            text is null
            || !Base64Url.IsValid(text, out var length)
            || length != token.Length
            || !Base64Url.TryDecodeFromChars(text, token, out _)
        )
            return null;
        var customer = new Guid(token.AsSpan(0, IdBytes), bigEndian: true);
        var expiresAt = BinaryPrimitives.ReadInt64BigEndian(token.AsSpan(IdBytes));
        return
            CryptographicOperations.FixedTimeEquals(Sign(customer, expiresAt, hash), token.AsSpan(IdBytes + TimeBytes))
            && now.ToUnixTimeSeconds() < expiresAt
            ? customer
            : null;
    }

    private static byte[] Sign(Guid customer, long expiresAt, Func<string, byte[]> hash) =>
        hash($"preferences|{customer}|{expiresAt}")[..SignatureBytes];
}
