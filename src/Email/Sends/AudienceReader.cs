using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Segments;
using MarketingPlatform.Email.Sending;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Email.Sends;

/// <param name="Address">Where the mail goes if that is not the customer's own address.</param>
/// <param name="Variables">JSON object.</param>
internal sealed record AudienceMember(Guid CustomerId, string? Address, string? Name, string? Variables);

internal sealed record Audience(IReadOnlyList<AudienceMember> Members, IReadOnlyList<RefusedRecipient> Refused);

/// <summary>Who is meant by an audience at this moment.</summary>
internal sealed class AudienceReader(EmailDatabase db, SigningKeys keys, SegmentClient segments)
{
    public async Task<(Audience? Audience, ProblemHttpResult? Problem)> ReadAsync(SendAudience audience, CancellationToken ct)
    {
        if (audience.Recipients is { } list)
            return (await ReadListAsync(list, ct), null);
        if (audience.Segment is null)
            return (Of(await db.QueryAsync<Guid>(EveryoneSql, null, ct)), null);
        var (members, problem) = await segments.ReadAsync(audience.Segment, ct);
        return members is null ? (null, problem) : (Of(members), null);
    }

    /// <summary>Readers of JSON let null through as an entry of a list: it is refused as one that names nobody.</summary>
    private static readonly SendRecipient Nobody = new(null, null, null, null);

    private static Audience Of(IEnumerable<Guid> customers) =>
        new([.. customers.Select(id => new AudienceMember(id, null, null, null))], []);

    private async Task<Audience> ReadListAsync(IReadOnlyList<SendRecipient> list, CancellationToken ct)
    {
        List<AudienceMember> members = new(list.Count);
        List<RefusedRecipient> refused = [];
        var byAddress = await CustomersByAddressAsync(list, ct);
        for (var i = 0; i < list.Count; i++)
        {
            var recipient = list[i] ?? Nobody;
            if (WhyRefused(recipient) is { } reason)
            {
                refused.Add(new(i, reason));
                continue;
            }
            var variables = recipient.Variables is null or "{}" ? null : recipient.Variables;
            if (recipient.CustomerId is { } customer)
                members.Add(new(customer, null, recipient.Name, variables));
            else
            {
                var address = recipient.Email!.Trim().ToLowerInvariant();
                var hash = await keys.HashAddressAsync(address, ct);
                // The person's own address: consent and preferences count. Nobody's: the address stands for itself.
                members.Add(
                    byAddress.TryGetValue(Convert.ToHexString(hash), out var known)
                        ? new(known, null, recipient.Name, variables)
                        : new(AddressIds.Of(hash), address, recipient.Name, variables)
                );
            }
        }
        return new(members, refused);
    }

    internal static string? WhyRefused(SendRecipient recipient) =>
        (recipient.CustomerId is null) == (recipient.Email is null) ? "Give either customerId or email."
        : recipient.Email is { } email && !MailFields.IsAddress(email) ? "This is not an e-mail address that can be mailed."
        : recipient.Name is { } name && (name.Length > MailFields.MaxName || !MailFields.IsOneLine(name))
            ? $"The name must be one line of at most {MailFields.MaxName} characters."
        : recipient.Variables is { } variables ? Variables.Problem(variables)
        : null;

    private async Task<Dictionary<string, Guid>> CustomersByAddressAsync(IReadOnlyList<SendRecipient> list, CancellationToken ct)
    {
        List<byte[]> hashes = [];
        foreach (var recipient in list)
            if (recipient?.Email is { } email)
                hashes.Add(await keys.HashAddressAsync(email, ct));
        return await FindAsync(db, hashes, ct);
    }

    /// <returns>The customer behind each address that is somebody's, by its hash in hexadecimal.</returns>
    public static async Task<Dictionary<string, Guid>> FindAsync(EmailDatabase db, List<byte[]> hashes, CancellationToken ct)
    {
        if (hashes.Count == 0)
            return [];
        var rows = await db.QueryAsync<(byte[] Hash, Guid Customer)>(
            """
            select distinct on (address_hash) address_hash, canonical_id from recipients where address_hash = any(@Hashes)
            order by address_hash, customer_id
            """,
            new { Hashes = hashes.ToArray() },
            ct
        );
        return rows.ToDictionary(row => Convert.ToHexString(row.Hash), row => row.Customer);
    }

    private const string EveryoneSql = $"""
        select distinct r.canonical_id from recipients r
        join recipients same on same.canonical_id = r.canonical_id
        join consents c on c.customer_id = same.customer_id and c.purpose = '{ConsentPurposes.EmailMarketing}' and c.granted
        where r.email is not null
        order by 1
        """;
}

/// <summary>Ids for addresses that belong to no customer we know: the same address, the same id, so that it gets a campaign once.</summary>
internal static class AddressIds
{
    /// <param name="hash">Keyed hash of the address.</param>
    /// <returns>A UUID of version 8 (RFC 9562), which no customer has.</returns>
    public static Guid Of(byte[] hash)
    {
        var bytes = hash[..16];
        bytes[6] = (byte)(bytes[6] & 0x0F | 0x80);
        bytes[8] = (byte)(bytes[8] & 0x3F | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
