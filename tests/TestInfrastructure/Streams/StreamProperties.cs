using Npgsql;

namespace MarketingPlatform.TestInfrastructure.Streams;

/// <summary>
/// What must be true of every service that keeps something about customers: the same news give the same rows in whatever order and however
/// often they come, and a merge that is undone leaves no trace.
/// </summary>
/// <param name="service">The service's name ("email").</param>
/// <param name="connectionString">Its database.</param>
/// <param name="tables">What is compared; emptied before each delivery.</param>
/// <param name="whoIsWho">Selects, for a customer <c>$1</c>, the person whom it counts for, as text.</param>
/// <param name="publish">Gives a message to the bus.</param>
public sealed class StreamProperties(
    string service,
    string connectionString,
    IReadOnlyList<string> tables,
    string whoIsWho,
    Func<StreamMessage, Task> publish
)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <returns>The rows after an orderly stream, and after the same one shuffled and with repetitions: they must be equal.</returns>
    public async Task<(string Orderly, string Disturbed)> ShuffleAsync(DateTimeOffset now, int seed, CancellationToken ct)
    {
        var stream = new CustomerStream(service, now, seed);
        StreamMessage[] messages = [.. stream.Facts(), .. stream.Merges()];
        var orderly = await StateAfterAsync(messages, ct);
        var disturbed = await StateAfterAsync(stream.Disturb(messages), ct);
        return (orderly + await WhoAsync(stream.Customers, ct), disturbed + await WhoAsync(stream.Customers, ct));
    }

    /// <returns>The rows before a merge and after it was undone: they must be equal; and who counted for whom in between.</returns>
    public async Task<(string Before, string Between, string After)> MergeAndUndoAsync(DateTimeOffset now, int seed, CancellationToken ct)
    {
        var stream = new CustomerStream(service, now, seed);
        await StateAfterAsync(stream.Facts(), ct);
        var (from, into) = (stream.Customers[0], stream.Customers[1]);
        // Of the tables that merges write, what they say is compared: who is who.
        var before = await FactsAsync(ct) + await WhoAsync(stream.Customers, ct);
        await DeliverAsync([new(Guid.CreateVersion7(now), new Contracts.Customers.CustomersMerged(from, into, now))], ct);
        var between = await FactsAsync(ct) + await WhoAsync(stream.Customers, ct);
        await DeliverAsync([new(Guid.CreateVersion7(now), new Contracts.Customers.CustomersUnmerged(from, into, now.AddSeconds(1)))], ct);
        return (before, between, await FactsAsync(ct) + await WhoAsync(stream.Customers, ct));
    }

    private async Task<string> StateAfterAsync(IReadOnlyList<StreamMessage> messages, CancellationToken ct)
    {
        await StartOverAsync(ct);
        await DeliverAsync(messages, ct);
        return await RowsAsync(tables, ct);
    }

    // The service's own work goes on and reads these tables in another order: of the two the database may choose this one to give way.
    private async Task StartOverAsync(CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
            try
            {
                await ReadAsync($"truncate {string.Join(", ", tables)} cascade; delete from platform.inbox; select ''", null, ct);
                return;
            }
            catch (PostgresException deadlock) when (deadlock.SqlState == PostgresErrorCodes.DeadlockDetected && attempt < 10) { }
    }

    private async Task DeliverAsync(IReadOnlyList<StreamMessage> messages, CancellationToken ct)
    {
        foreach (var message in messages)
            await publish(message);
        var ids = messages.Select(message => message.Id).Distinct().ToArray();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        // The consumer runs in this process and tells nobody when it has committed.
        while (
            await ReadAsync("select (count(distinct message_id))::text from platform.inbox where message_id = any($1)", ids, ct)
            != $"{ids.Length}"
        )
            await Task.Delay(Look, patience.Token);
    }

    /// <summary>Rows that a merge does not write.</summary>
    private Task<string> FactsAsync(CancellationToken ct) =>
        RowsAsync([.. tables.Where(table => table is not ("merges" or "customer_aliases" or "recipients"))], ct);

    private async Task<string> RowsAsync(IReadOnlyList<string> from, CancellationToken ct)
    {
        var state = new List<string>();
        foreach (var table in from)
            state.Add(
                await ReadAsync(
                    $"select coalesce(string_agg('{table} ' || to_jsonb(t)::text, e'\n' order by to_jsonb(t)::text), '') from {table} t",
                    null,
                    ct
                )
            );
        return string.Join('\n', state);
    }

    private async Task<string> WhoAsync(IEnumerable<Guid> customers, CancellationToken ct)
    {
        var who = new List<string>();
        foreach (var customer in customers)
            who.Add($"{customer} is {await ReadAsync(whoIsWho, customer, ct)}");
        return string.Join('\n', who);
    }

    private async Task<string> ReadAsync(string sql, object? argument, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        if (argument is not null)
            command.Parameters.Add(new NpgsqlParameter { Value = argument });
        return await command.ExecuteScalarAsync(ct) as string ?? "";
    }
}
