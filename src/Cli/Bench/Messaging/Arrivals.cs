using MarketingPlatform.Cli.Api;
using MarketingPlatform.Platform.CommandLine;
using Microsoft.Extensions.DependencyInjection;

namespace MarketingPlatform.Cli.Bench.Messaging;

/// <summary>Knows when all that was published has been handled, without asking the database all the time.</summary>
internal sealed class Arrivals
{
    private readonly Lock counting = new();
    private TaskCompletionSource all = new();
    private int missing;

    public Task Expect(int count)
    {
        lock (counting)
        {
            missing = count;
            all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return all.Task;
        }
    }

    public void Add(int count)
    {
        lock (counting)
            if ((missing -= count) <= 0)
                all.TrySetResult();
    }
}

/// <summary>The consumer's committed rows: what counts as arrived.</summary>
internal sealed class ConsumerTables(IServiceProvider consumer, TimeProvider clock)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly ConsumerDatabase database = consumer.GetRequiredService<ConsumerDatabase>();
    private readonly Arrivals arrivals = consumer.GetRequiredService<Arrivals>();

    public Task<int> CreateAsync(CancellationToken ct) =>
        database.ExecuteAsync(
            """
            create table facts (
                id uuid primary key, customer_id uuid not null, order_id text not null, total numeric not null, currency text not null,
                at timestamptz not null);
            create table behaviour (
                id uuid primary key, customer_id uuid not null, kind text not null, name text, product_id text, channel text,
                at timestamptz not null);
            """,
            null,
            ct
        );

    /// <summary>Empties the table, lets <paramref name="write"/> fill outboxes, and waits for the commit of the last row.</summary>
    /// <returns>From the first outbox row to the last committed row.</returns>
    public async Task<TimeSpan> TimeAsync(string table, int rows, Func<Task> write, CancellationToken ct)
    {
        await database.ExecuteAsync($"truncate {table}; truncate platform.inbox; checkpoint", null, ct);
        var handled = arrivals.Expect(rows);
        var began = clock.GetTimestamp();
        await write();
        try
        {
            await handled.WaitAsync(Patience, clock, ct);
            while (await CountAsync(table, ct) is var count && count != rows)
            {
                if (clock.GetElapsedTime(began) > 2 * Patience || count > rows)
                    throw new CommandException($"{count:N0} rows are in the consumer's table {table}, and {rows:N0} were published.");
                await Task.Delay(Glance, clock, ct);
            }
        }
        catch (TimeoutException late)
        {
            throw new CommandException(
                $"{await CountAsync(table, ct):N0} of {rows:N0} rows arrived within {Patience.TotalMinutes:N0} minutes.",
                late
            );
        }
        return clock.GetElapsedTime(began);
    }

    private Task<int> CountAsync(string table, CancellationToken ct) =>
        database.QuerySingleAsync<int>($"select count(*)::int from {table}", null, ct);
}
