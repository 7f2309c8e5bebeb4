using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers.Privacy;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Customers.Consent;

/// <summary>
/// The one way into the ledger: refusals of an address outweigh what lists say, permissions wait for their confirmation where the shop
/// asks for one, and what remains is appended and published.
/// </summary>
internal sealed class ConsentLedger(PrivacyKey key, DoubleOptIn doubleOptIn)
{
    public async Task StoreAsync(UnitOfWork work, IReadOnlyList<ConsentRecord> said, DateTimeOffset now, CancellationToken ct)
    {
        if (said.Count == 0)
            return;
        var hash = await key.HasherAsync(ct);
        var addresses = (
            await work.QueryAsync<(Guid Id, string Email)>(
                "select id, email from customers where id = any(@Ids) and email is not null",
                new { Ids = said.Select(record => record.CustomerId).Distinct().ToArray() },
                ct
            )
        ).ToDictionary(row => row.Id, row => row.Email);
        var heard = await Suppressions.FilterAsync(work, said, addresses, hash, ct);
        heard = await doubleOptIn.HoldBackAsync(work, heard, addresses, now, ct);
        var changes = await StoreConsents.StoreAsync(work, heard, now, ct);
        await Suppressions.StoreAsync(work, changes, addresses, hash, ct);
        await DoubleOptIn.WithdrawAsync(work, heard, now, ct);
    }
}
