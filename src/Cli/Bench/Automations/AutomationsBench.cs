using System.Diagnostics;
using System.Globalization;
using MarketingPlatform.Cli.Bench.Email;
using MarketingPlatform.LocalServers;
using Npgsql;

namespace MarketingPlatform.Cli.Bench.Automations;

/// <param name="LatenessP50">Seconds between the moment a journey was due and the moment it went on.</param>
/// <param name="MemoryBefore">Bytes of this process with nobody waiting, and <paramref name="MemoryAfter"/> while all wait.</param>
internal sealed record AutomationsReport(
    long Waiting,
    long Due,
    double LatenessP50,
    double LatenessP99,
    double LatenessMax,
    long MemoryBefore,
    long MemoryAfter,
    double StartSeconds
)
{
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Waiting:N0} journeys wait; {Due:N0} became due and went on {LatenessP50 * 1000:N0} ms late (p50), {LatenessP99 * 1000:N0} ms (p99), "
                + $"{LatenessMax * 1000:N0} ms at most. Memory {MemoryBefore / 1e6:N0} -> {MemoryAfter / 1e6:N0} MB."
        );
}

/// <summary>The e-mail service in this process on a private, durable PostgreSQL, with journeys put straight into its table.</summary>
internal sealed class AutomationsBench(TimeProvider clock, Action<string> say)
{
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(5);

    public async Task<AutomationsReport> RunAsync(int waiting, int due, int seconds, CancellationToken ct)
    {
        say("Starting PostgreSQL …");
        await using var postgres = await LocalPostgres.StartThrowAwayAsync(say, durable: true, ct: ct);
        var database = postgres.ConnectionString("email-db");
        long before;
        await using (var warm = await BenchedService.StartAsync(database, 1, 1, null, clock, ct))
            before = Memory();
        await using var source = NpgsqlDataSource.Create(database);
        say($"Letting {waiting:N0} journeys wait …");
        await ExecuteAsync(source, SaveSql, ct);
        await ExecuteAsync(source, WaitSql, ct, ("count", waiting), ("now", clock.GetUtcNow()));
        await ExecuteAsync(source, "vacuum analyze journeys", ct);
        await ExecuteAsync(source, "vacuum analyze recipients", ct);
        var started = Stopwatch.GetTimestamp();
        await using var service = await BenchedService.StartAsync(database, 1, 1, null, clock, ct);
        var startSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        say($"{due:N0} of them become due within {seconds} s …");
        await ExecuteAsync(source, DueSql, ct, ("count", due), ("from", clock.GetUtcNow() + Lead), ("span", (double)seconds));
        // They become due by the clock that the service has too: real time is what is measured.
        await Task.Delay(Lead + TimeSpan.FromSeconds(seconds), clock, ct);
        for (var look = 0; look < 120 && await ScalarAsync<long>(source, OpenSql, ct) > 0; look++)
            await Task.Delay(TimeSpan.FromSeconds(1), clock, ct);
        return new(
            await ScalarAsync<long>(source, "select count(*) from journeys where outcome is null", ct),
            await ScalarAsync<long>(source, "select count(*) from journeys where outcome = 'finished'", ct),
            await LatenessAsync(source, 0.5, ct),
            await LatenessAsync(source, 0.99, ct),
            await LatenessAsync(source, 1, ct),
            before,
            Memory(),
            startSeconds
        );
    }

    private static long Memory()
    {
        GC.Collect();
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    private static Task<double> LatenessAsync(NpgsqlDataSource source, double share, CancellationToken ct) =>
        ScalarAsync<double>(
            source,
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                select coalesce(percentile_cont({share}) within group (
                    order by extract(epoch from node_at - (data ->> 'due')::timestamptz)::double precision), -1)
                from journeys where outcome = 'finished'
                """
            ),
            ct
        );

    private static async Task ExecuteAsync(
        NpgsqlDataSource source,
        string sql,
        CancellationToken ct,
        params (string Name, object Value)[] values
    )
    {
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 0;
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<T> ScalarAsync<T>(NpgsqlDataSource source, string sql, CancellationToken ct)
    {
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(ct))!;
    }

    private const string SaveSql = """
        insert into automation_versions (name, version, content, source, at) values ('bench', 1,
            E'name: bench\ntrigger: {api: true}\nsteps:\n  - id: pause\n    wait: 365d\n  - set-trait: {woken: true}\n', 'shop', now());
        insert into automations (name, version, status, updated_at) values ('bench', 1, 'on', now())
        """;

    private const string WaitSql = """
        with people as (
            insert into recipients (customer_id, canonical_id) select id, id from (
                select gen_random_uuid() as id from generate_series(1, @count)) fresh returning customer_id)
        insert into journeys (id, automation, version, customer_id, key, generation, entered_at, triggered_at, data, node, node_at, wake_at)
        select gen_random_uuid(), 'bench', 1, customer_id, '', 1, @now, @now, '{}', 'pause', @now, @now + interval '300 days' + random() * interval '60 days'
        from people
        """;

    private const string DueSql = """
        update journeys j set wake_at = d.at, data = jsonb_build_object('due', d.at)
        from (select id, @from + random() * @span * interval '1 second' as at from journeys where outcome is null limit @count) d
        where d.id = j.id
        """;

    private const string OpenSql = "select count(*) from journeys where outcome is null and wake_at < now()";
}
