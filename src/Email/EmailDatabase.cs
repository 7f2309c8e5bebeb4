using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Privacy;
using Npgsql;

namespace MarketingPlatform.Email;

internal sealed class EmailDatabase(NpgsqlDataSource source) : ServiceDatabase(source)
{
    /// <summary>
    /// Tables with data about a person and the column that says whom: erasure empties them, and a test fails when one is missing.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string> PersonalTables = new Dictionary<string, string>
    {
        ["recipients"] = "customer_id",
        ["consents"] = "customer_id",
        ["mails"] = "customer_id",
        ["message_contents"] = "customer_id",
        ["message_attachments"] = "customer_id",
        ["segment_members"] = "customer_id",
        ["coupons"] = "customer_id",
        ["mail_events"] = "customer_id",
        ["journeys"] = "customer_id",
        ["journey_steps"] = "customer_id",
        ["journey_refusals"] = "customer_id",
        ["journey_goals"] = "customer_id",
        ["person_events"] = "customer_id",
        ["automation_calls"] = "customer_id",
        ["product_interests"] = "customer_id",
        ["purchases"] = "customer_id",
        ["order_totals"] = "customer_id",
        ["order_refunds"] = "customer_id",
        ["campaign_members"] = "customer_id",
    };

    public static readonly PersonalDataMap Personal = new(
        [.. PersonalTables.Select(entry => new PersonalTable(entry.Key, entry.Value)), new("merges", "from_id"), new("merges", "into_id")],
        """
        select same.customer_id
        from recipients asked join recipients same on same.canonical_id = asked.canonical_id
        where asked.customer_id = any(@Ids)
        """,
        LockPeople
    );

    /// <summary>
    /// Taken shared by whoever writes about a person, exclusively by whoever joins, parts or erases persons, so that neither misses
    /// the other's rows. Held until the transaction ends.
    /// </summary>
    public const string LockPeopleShared = "select pg_advisory_xact_lock_shared(7305811)";

    /// <inheritdoc cref="LockPeopleShared"/>
    public const string LockPeople = "select pg_advisory_xact_lock(7305811)";
}
