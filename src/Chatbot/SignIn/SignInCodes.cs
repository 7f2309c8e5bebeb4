using System.Globalization;
using System.Security.Cryptography;
using MarketingPlatform.Platform.Data;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Chatbot.SignIn;

/// <summary>A code that is to be sent, if the address is a customer's. In memory only: the database has hashes.</summary>
/// <param name="Subject">Of the mail, as the dialogue words it; likewise <paramref name="Text"/>.</param>
internal sealed record NewCode(Guid Id, string Address, string Code, DateTimeOffset ExpiresAt, string Subject = "", string Text = "");

/// <summary>
/// Codes of six digits that prove an address. One guess in 200,000 is right within the tries that a code allows; how many codes a conversation or
/// an address gets within a quarter of an hour is limited, whoever asks.
/// </summary>
internal sealed class SignInCodes(SigningKeys keys, IOptions<ChatbotOptions> options, TimeProvider clock)
{
    private const int MaxAttempts = 5;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    /// <returns>Null where no more codes may be sent now.</returns>
    public async Task<NewCode?> MakeAsync(UnitOfWork work, Guid conversation, string address, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var hash = await keys.HashAsync("address|" + address, ct);
        // Two conversations that ask for the same address at once are counted one after the other.
        await work.ExecuteAsync(
            "select pg_advisory_xact_lock(hashtext('chatbot.codes'), hashtext(encode(@hash, 'hex')))",
            new { hash },
            ct
        );
        var sent = await work.QuerySingleAsync<int>(
            "select count(*)::int from sign_in_codes where (conversation_id = @conversation or address_hash = @hash) and sent_at > @Since",
            new
            {
                conversation,
                hash,
                Since = now - Window,
            },
            ct
        );
        if (sent >= options.Value.CodesPerQuarter)
            return null;
        var code = new NewCode(
            Guid.CreateVersion7(now),
            address,
            RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture),
            now + options.Value.CodeLifetime
        );
        await work.ExecuteAsync(
            """
            insert into sign_in_codes (id, conversation_id, address_hash, code_hash, sent_at, expires_at)
            values (@Id, @conversation, @hash, @Code, @now, @ExpiresAt)
            """,
            new
            {
                code.Id,
                conversation,
                hash,
                Code = await HashAsync(code.Id, code.Code, ct),
                now,
                code.ExpiresAt,
            },
            ct
        );
        return code;
    }

    /// <returns>Whose address was proved by the conversation's last code; null where this is not it.</returns>
    public async Task<Guid?> CheckAsync(UnitOfWork work, Guid conversation, string code, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        // The try counts before it is known whether it is right.
        var last = await work.QuerySingleOrDefaultAsync<Row>(
            TrySql,
            new
            {
                conversation,
                now,
                MaxAttempts,
            },
            ct
        );
        if (last is not { CustomerId: { } customer })
            return null;
        var hash = await HashAsync(last.Id, code, ct);
        if (
            !CryptographicOperations.FixedTimeEquals(last.CodeHash, hash)
            || await work.QuerySingleAsync<bool>("select is_erased(@customer)", new { customer }, ct)
        )
            return null;
        await work.ExecuteAsync("update sign_in_codes set used_at = @now where id = @Id", new { last.Id, now }, ct);
        return customer;
    }

    private Task<byte[]> HashAsync(Guid id, string code, CancellationToken ct) => keys.HashAsync($"code|{id}|{code}", ct);

    private sealed record Row(Guid Id, byte[] CodeHash, Guid? CustomerId);

    private const string TrySql = """
        update sign_in_codes set attempts = attempts + 1
        where id = (select id from sign_in_codes where conversation_id = @conversation order by sent_at desc, id desc limit 1)
            and used_at is null and expires_at > @now and attempts < @MaxAttempts
        returning id, code_hash, customer_id
        """;
}
