using System.Security.Cryptography;
using System.Text;

namespace MarketingPlatform.Chatbot.SignIn;

/// <summary>This deployment's secrets: made at first use, kept in the database, the same for all instances.</summary>
internal sealed class SigningKeys(ChatbotDatabase database)
{
    /// <summary>What the shop's server signs its visitors' tokens with.</summary>
    public const string Visitors = "visitors";

    /// <summary>What hand-overs sent to the shop's web hook are signed with.</summary>
    public const string WebHook = "webhook";

    private const string Hashes = "hashes";

    private byte[]? hashKey;

    public Task<byte[]> GetAsync(string purpose, CancellationToken ct) =>
        database.QuerySingleAsync<byte[]>(
            """
            with made as (
                insert into signing_keys (purpose, secret) values (@purpose, @Secret)
                on conflict (purpose) do update set secret = signing_keys.secret
                returning secret
            )
            select secret from made
            """,
            new { purpose, Secret = RandomNumberGenerator.GetBytes(32) },
            ct
        );

    /// <summary>What was signed with the old secret is worth nothing from now on.</summary>
    public async Task<byte[]> ReplaceAsync(string purpose, CancellationToken ct)
    {
        var secret = RandomNumberGenerator.GetBytes(32);
        await database.ExecuteAsync(
            "insert into signing_keys (purpose, secret) values (@purpose, @secret) on conflict (purpose) do update set secret = excluded.secret",
            new { purpose, secret },
            ct
        );
        return secret;
    }

    /// <summary>A keyed hash of what must be recognised and not known. Its key is never replaced, so it is asked for once.</summary>
    public async Task<byte[]> HashAsync(string text, CancellationToken ct) =>
        HMACSHA256.HashData(hashKey ??= await GetAsync(Hashes, ct), Encoding.UTF8.GetBytes(text));
}
