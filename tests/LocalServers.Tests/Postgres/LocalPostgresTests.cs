using MarketingPlatform.LocalServers.Processes;
using Npgsql;
using Xunit;

namespace MarketingPlatform.LocalServers.Tests.Postgres;

public sealed class LocalPostgresTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("marketing-local-postgres-").FullName;
    private readonly List<string> _said = [];

    // A directory of mkdtemp is closed to others; this one stands for a folder that the database's user can reach.
    public LocalPostgresTests() => SetMode((UnixFileMode)0b111_101_101);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(_folder, "postgres");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Data_survives_a_restart_and_a_stopped_server_is_gone()
    {
        var server = await StartAsync();
        Assert.False(server.Adopted);
        Assert.Equal(Path.Combine(Data, "cluster"), server.DataDirectory);
        await ExecuteAsync(server, "create table kept (x int); insert into kept values (42)");
        await server.StopAsync();

        Assert.False(ProcessTable.IsAlive(server.ProcessId));
        Assert.True(FreePort.IsFree(server.Port));
        Assert.False(File.Exists(Path.Combine(server.DataDirectory, "postmaster.pid")));

        await using var again = await StartAsync();
        Assert.False(again.Adopted);
        Assert.Equal(42, await ScalarAsync(again, "select x from kept"));
    }

    [Fact]
    public async Task A_server_left_running_by_a_killed_owner_is_adopted()
    {
        var left = await StartAsync();
        await ExecuteAsync(left, "create table kept (x int); insert into kept values (7)");
        left.Abandon();

        await using var adopted = await StartAsync();

        Assert.True(adopted.Adopted);
        Assert.Equal((left.ProcessId, left.Port), (adopted.ProcessId, adopted.Port));
        Assert.Equal(7, await ScalarAsync(adopted, "select x from kept"));
        await adopted.StopAsync();
        Assert.False(ProcessTable.IsAlive(left.ProcessId));
    }

    [Fact]
    public async Task A_server_that_was_killed_itself_is_cleaned_up_and_started_again()
    {
        var killed = await StartAsync();
        await ExecuteAsync(killed, "create table kept (x int); insert into kept values (9)");
        killed.Abandon();
        Signals.Send(killed.ProcessId, Signal.Kill);

        await using var server = await StartAsync();

        Assert.False(server.Adopted);
        Assert.Equal(9, await ScalarAsync(server, "select x from kept"));
    }

    [Fact]
    public async Task A_stale_file_that_names_a_stranger_does_not_prevent_the_start()
    {
        var first = await StartAsync();
        var file = Path.Combine(first.DataDirectory, "postmaster.pid");
        var lines = await File.ReadAllLinesAsync(file, Ct);
        await first.StopAsync();
        // The number of this test's own process: alive, but no PostgreSQL.
        await File.WriteAllLinesAsync(file, [$"{Environment.ProcessId}", .. lines.Skip(1)], Ct);

        await using var server = await StartAsync();

        Assert.NotEqual(Environment.ProcessId, server.ProcessId);
        Assert.Equal(1, await ScalarAsync(server, "select 1"));
    }

    [Fact]
    public async Task Only_the_password_of_its_owner_opens_it()
    {
        await using var server = await StartAsync();
        var wrong = new NpgsqlConnectionStringBuilder(server.ConnectionString()) { Password = "guess", Pooling = false };
        await using var connection = new NpgsqlConnection(wrong.ConnectionString);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync(Ct));

        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(server.Folder, "password")));
        }
    }

    [Fact]
    public async Task A_lost_password_is_reported_with_the_file_that_is_missing()
    {
        var server = await StartAsync();
        await server.StopAsync();
        File.Delete(Path.Combine(Data, "password"));

        var error = await Assert.ThrowsAsync<LocalServerException>(StartAsync);

        Assert.Contains(Path.Combine(Data, "password"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_root_asks_for_a_folder_closed_to_others_the_database_lives_elsewhere_and_says_so()
    {
        Assert.SkipUnless(Machine.IsRoot, "Only root has folders that its servers cannot reach.");
        SetMode(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var server = await StartAsync();
        await ExecuteAsync(server, "create table kept (x int)");
        await server.StopAsync();
        var place = server.Folder;
        string[] aside = [place + ".old-1"];
        try
        {
            Assert.StartsWith("/var/lib/marketing-platform/", place, StringComparison.Ordinal);
            Assert.Contains(_said, said => said.Contains(place, StringComparison.Ordinal));

            // The owner deletes what was asked for and begins anew: the old data must not come back, nor be lost.
            Directory.Delete(Data, recursive: true);
            await using var anew = await StartAsync();
            Assert.Equal(place, anew.Folder);
            Assert.Equal(0, await ScalarAsync(anew, "select count(*)::int from pg_tables where tablename = 'kept'"));
            Assert.True(Directory.Exists(aside[0]));
        }
        finally
        {
            foreach (var folder in aside.Append(place).Where(Directory.Exists))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    [Fact]
    public async Task A_throw_away_server_leaves_neither_process_nor_data()
    {
        var server = await LocalPostgres.StartThrowAwayAsync(ct: Ct);
        Assert.Equal(1, await ScalarAsync(server, "select 1"));

        await server.DisposeAsync();

        Assert.False(ProcessTable.IsAlive(server.ProcessId));
        Assert.False(Directory.Exists(server.Folder));
    }

    private void SetMode(UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder, mode);
        }
    }

    private Task<LocalPostgres> StartAsync() =>
        LocalPostgres.StartAsync(
            new LocalPostgresOptions
            {
                Folder = Data,
                AllowInstall = false,
                Say = _said.Add,
            },
            Ct
        );

    private static async Task ExecuteAsync(LocalPostgres server, string sql) => await ScalarAsync(server, sql);

    private static async Task<object?> ScalarAsync(LocalPostgres server, string sql)
    {
        await using var source = NpgsqlDataSource.Create(server.ConnectionString() + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Ct);
    }
}
