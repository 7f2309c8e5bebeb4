using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Privacy;
using Npgsql;

namespace MarketingPlatform.Chatbot;

internal sealed class ChatbotDatabase(NpgsqlDataSource source) : ServiceDatabase(source)
{
    /// <summary>
    /// Every place where this service keeps a customer's id. Erasure works from this list; a test fails when a column is missing from it.
    /// Order lines hang on their order and messages on their conversation, and go with them.
    /// </summary>
    public static readonly IReadOnlyList<(string Table, string Column)> PersonalTables =
    [
        ("orders", "customer_id"),
        ("refunds", "customer_id"),
        ("conversations", "customer_id"),
        ("customer_aliases", "from_id"),
        ("customer_aliases", "into_id"),
        ("sign_in_codes", "customer_id"),
        ("requested_handoffs", "customer_id"),
    ];

    public static readonly PersonalDataMap Personal = new(
        [
            .. PersonalTables.Select(place => new PersonalTable(place.Table, place.Column)),
            new("order_lines", "order_id", Of: new("orders", "customer_id"), Key: "order_id"),
            new("messages", "conversation_id", Of: new("conversations", "customer_id")),
            new("sign_in_codes", "conversation_id", Of: new("conversations", "customer_id")),
            new("handoffs", "conversation_id", Of: new("conversations", "customer_id")),
            new("handoff_notices", "handoff_id", Of: new("handoffs", "conversation_id", Of: new("conversations", "customer_id"))),
        ],
        "select distinct person from unnest(@Ids::uuid[]) c, same_person(c) person",
        LockPeople
    );

    /// <summary>
    /// Taken shared by whoever writes about a person, exclusively by whoever erases one, so that neither misses the other's rows.
    /// Held until the transaction ends.
    /// </summary>
    public const string LockPeopleShared = "select pg_advisory_xact_lock_shared(hashtext('chatbot.people'))";

    /// <inheritdoc cref="LockPeopleShared"/>
    public const string LockPeople = "select pg_advisory_xact_lock(hashtext('chatbot.people'))";
}
