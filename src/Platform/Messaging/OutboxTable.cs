using Dapper;
using Npgsql;

namespace MarketingPlatform.Platform.Messaging;

internal sealed record OutboxRow(Guid MessageId, string Type, string Body, string? TraceParent);

internal static class OutboxTable
{
    public const string Channel = "platform_outbox";

    // Together with the commit: one round to the database instead of two, and NOTIFY's lock is held no longer than the commit takes.
    public static Task AppendAndCommitAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<OutboxRow> rows,
        CancellationToken ct
    ) =>
        connection.ExecuteAsync(
            new CommandDefinition(
                $"""
                insert into platform.outbox (message_id, type, body, trace_parent)
                select * from unnest(@Ids::uuid[], @Types::text[], @Bodies::text[], @Traces::text[]);
                notify {Channel};
                commit
                """,
                new
                {
                    Ids = rows.Select(row => row.MessageId).ToArray(),
                    Types = rows.Select(row => row.Type).ToArray(),
                    Bodies = rows.Select(row => row.Body).ToArray(),
                    Traces = rows.Select(row => row.TraceParent).ToArray(),
                },
                transaction,
                cancellationToken: ct
            )
        );
}
