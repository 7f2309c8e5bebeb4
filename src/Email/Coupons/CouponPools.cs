using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.Automations.Events;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using Npgsql;

namespace MarketingPlatform.Email.Coupons;

/// <summary>
/// Gives codes away. A person has at most one code of a pool that is not redeemed: whoever asks again, after a crash or at the same time,
/// gets the same one; no code is ever given to two.
/// </summary>
internal sealed class CouponPools(EmailDatabase db, EmailTelemetry telemetry, TimeProvider clock)
{
    private const int Attempts = 5;

    /// <param name="customerId">Any id of the person.</param>
    /// <returns>The person's code, or null where the pool has none left or does not exist.</returns>
    public async Task<string?> TakeAsync(string pool, Guid customerId, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var code = await db.QuerySingleOrDefaultAsync<string?>(
                    TakeSql,
                    new
                    {
                        Pool = pool,
                        Customer = customerId,
                        Now = clock.GetUtcNow(),
                    },
                    ct
                );
                if (code is null)
                    telemetry.WithoutCoupon(pool);
                return code;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation && attempt < Attempts)
            {
                // Another mail to the same person took one at this moment: it is theirs now, and the next look finds it.
            }
        }
    }

    private const string TakeSql = """
        with person as (
            select coalesce((select canonical_id from recipients where customer_id = @Customer), @Customer) as id
        ), had as (
            select code from coupons
            where pool = @Pool and redeemed_at is null and customer_id in (
                select (select id from person) union select customer_id from recipients where canonical_id = (select id from person))
            order by assigned_at limit 1
        ), free as (
            select code from coupons
            where pool = @Pool and customer_id is null and not exists (select from had)
            limit 1 for update skip locked
        ), taken as (
            update coupons set customer_id = (select id from person), assigned_at = @Now
            from free where coupons.pool = @Pool and coupons.code = free.code
            returning coupons.code
        )
        select code from had union all select code from taken limit 1
        """;
}

/// <summary>An order says which codes it used: those that are ours and somebody's are redeemed, once.</summary>
internal sealed class OrderPlacedConsumer(InboxServices<EmailDatabase> inbox, Orders orders)
    : InboxConsumer<EmailDatabase, OrderPlaced>(inbox)
{
    public override async Task HandleAsync(IReadOnlyList<Received<OrderPlaced>> messages, UnitOfWork work, CancellationToken ct)
    {
        await RedeemAsync(messages, work, ct);
        await orders.HandleAsync(work, messages, ct);
    }

    private static Task RedeemAsync(IReadOnlyList<Received<OrderPlaced>> messages, UnitOfWork work, CancellationToken ct)
    {
        var used = messages
            .SelectMany(m => (m.Message.Coupons ?? []).Select(code => (Code: code.Trim(), m.Message.OrderId, m.Message.At)))
            .Where(use => use.Code.Length > 0)
            .ToArray();
        if (used.Length == 0)
            return Task.CompletedTask;
        // Shops write codes in any case. A code that we never gave away may still be used: then it is given away to nobody.
        return work.ExecuteAsync(
            """
            update coupons c set order_id = used.order_id, redeemed_at = used.at,
                customer_id = coalesce(c.customer_id, '00000000-0000-0000-0000-000000000000')
            from unnest(@Codes::text[], @Orders::text[], @Times::timestamptz[]) as used (code, order_id, at)
            where lower(c.code) = lower(used.code) and c.redeemed_at is null
            """,
            new
            {
                Codes = used.Select(use => use.Code).ToArray(),
                Orders = used.Select(use => use.OrderId).ToArray(),
                Times = used.Select(use => use.At.ToUniversalTime()).ToArray(),
            },
            ct
        );
    }
}
