using System.Buffers.Text;
using System.Security.Cryptography;
using MarketingPlatform.Email.Recipients;

namespace MarketingPlatform.Email.Tracking;

/// <summary>The token of unsubscribe links: a mail's id, signed. It names no address, cannot be guessed and never expires.</summary>
internal sealed class UnsubscribeTokens(SigningKeys keys)
{
    private const int IdBytes = 16;

    public async Task<string> CreateAsync(Guid mailId, CancellationToken ct) => Create(mailId, await keys.UnsubscribeAsync(ct));

    /// <returns>The mail, or null where the token is not ours or was changed.</returns>
    public async Task<Guid?> ReadAsync(string token, CancellationToken ct) => Read(token, await keys.UnsubscribeAsync(ct));

    internal static string Create(Guid mailId, byte[] key)
    {
        var id = mailId.ToByteArray(bigEndian: true);
        return Base64Url.EncodeToString([.. id, .. HMACSHA256.HashData(key, id)]);
    }

    internal static Guid? Read(string token, byte[] key)
    {
        Span<byte> bytes = stackalloc byte[IdBytes + HMACSHA256.HashSizeInBytes];
        if (token.Length > 100 || !Base64Url.IsValid(token, out var length) || length != bytes.Length)
            return null;
        Base64Url.DecodeFromChars(token, bytes);
        var expected = HMACSHA256.HashData(key, bytes[..IdBytes]);
        return CryptographicOperations.FixedTimeEquals(expected, bytes[IdBytes..]) ? new Guid(bytes[..IdBytes], bigEndian: true) : null;
    }
}
