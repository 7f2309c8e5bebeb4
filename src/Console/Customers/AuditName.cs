using System.Security.Cryptography;

namespace MarketingPlatform.Console.Customers;

/// <summary>How the audit log names a customer: it outlives people who are forgotten, so it must not know them.</summary>
internal static class AuditName
{
    /// <returns>The first half of the SHA-256 of the id's 16 bytes: who has the id finds it, as in the feed of changes.</returns>
    public static string Of(Guid customer) => Convert.ToHexStringLower(SHA256.HashData(customer.ToByteArray(bigEndian: true)))[..32];
}
