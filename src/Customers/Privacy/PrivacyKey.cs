using System.Security.Cryptography;
using System.Text;

namespace MarketingPlatform.Customers.Privacy;

/// <summary>Hashes what must be recognised and not known. The key is made at first use and kept in the database.</summary>
internal sealed class PrivacyKey(CustomersDatabase database)
{
    private byte[]? secret;

    public async Task<Func<string, byte[]>> HasherAsync(CancellationToken ct)
    {
        // Two that ask at the same time read the same row.
        var key = secret ??= await database.QuerySingleAsync<byte[]>(
            """
            with made as (
                insert into privacy_key (secret) values (@Secret) on conflict (only_row) do update set secret = privacy_key.secret
                returning secret
            )
            select secret from made
            """,
            new { Secret = RandomNumberGenerator.GetBytes(32) },
            ct
        );
        return text => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text.Trim().ToLowerInvariant()));
    }
}
