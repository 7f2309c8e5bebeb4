using System.Security.Cryptography;
using MimeKit;

namespace MarketingPlatform.Email.Deliverability;

/// <summary>
/// VERP: each mail has an envelope sender of its own, <c>bounces+ID-MAC@domain</c>, so that a bounce that comes back days later names
/// its mail whatever else it quotes, and nobody can forge one. Letters and digits of one case only: some servers fold the case.
/// </summary>
internal static class ReturnPath
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int IdBytes = 16;
    private const int MacBytes = 10;

    /// <param name="mailbox">Where bounces are read ("bounces@shop.example").</param>
    public static MailboxAddress Create(MailboxAddress mailbox, Guid mailId, byte[] key)
    {
        var id = mailId.ToByteArray(bigEndian: true);
        return new(null, $"{mailbox.LocalPart}+{Encode(id)}-{Encode(Mac(id, key))}@{mailbox.Domain}");
    }

    /// <returns>The mail that bounced, or null where the address is not one of ours.</returns>
    public static Guid? Read(string address, byte[] key)
    {
        var start = address.IndexOf('+', StringComparison.Ordinal) + 1;
        var end = address.IndexOf('@', StringComparison.Ordinal);
        if (start <= 0 || end <= start)
            return null;
        var parts = address[start..end].ToLowerInvariant().Split('-');
        if (parts is not [var id, var mac] || Decode(id, IdBytes) is not { } idBytes || Decode(mac, MacBytes) is not { } macBytes)
            return null;
        return CryptographicOperations.FixedTimeEquals(Mac(idBytes, key), macBytes) ? new Guid(idBytes, bigEndian: true) : null;
    }

    private static byte[] Mac(byte[] id, byte[] key) => HMACSHA256.HashData(key, id)[..MacBytes];

    // Base32 of RFC 4648, lower case, without padding.
    private static string Encode(byte[] bytes) =>
        string.Create(
            (bytes.Length * 8 + 4) / 5,
            bytes,
            static (text, bytes) =>
            {
                for (var i = 0; i < text.Length; i++)
                {
                    var value = 0;
                    for (var bit = i * 5; bit < i * 5 + 5; bit++)
                        value = value << 1 | (bit < bytes.Length * 8 ? bytes[bit / 8] >> (7 - bit % 8) & 1 : 0);
                    text[i] = Alphabet[value];
                }
            }
        );

    private static byte[]? Decode(string text, int length)
    {
        if (text.Length != (length * 8 + 4) / 5)
            return null;
        var bytes = new byte[length];
        for (var i = 0; i < text.Length; i++)
        {
            var value = Alphabet.IndexOf(text[i], StringComparison.Ordinal);
            if (value < 0)
                return null;
            for (var bit = 0; bit < 5 && i * 5 + bit < length * 8; bit++)
                bytes[(i * 5 + bit) / 8] |= (byte)((value >> (4 - bit) & 1) << (7 - (i * 5 + bit) % 8));
        }
        // Each id has one spelling: what is left of the last letter must be nothing.
        return Encode(bytes) == text ? bytes : null;
    }
}
