using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Tests.Probe;
using MarketingPlatform.TestInfrastructure;
using Npgsql;
using Xunit;

namespace MarketingPlatform.Platform.Tests.Data;

public sealed class DatabaseStartTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_missing_database_is_created_and_migrated_once_by_instances_that_start_together()
    {
        var existing = await TestPostgres.CreateDatabaseAsync("platform");
        var missing = new NpgsqlConnectionStringBuilder(existing);
        missing.Database += "_made_at_start";

        var hosts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ProbeHost.StartAsync(missing.ConnectionString)));
        try
        {
            Assert.Equal(1, await hosts[0].CountAsync("public.migrations"));
            var scripts = typeof(ServiceDatabase)
                .Assembly.GetManifestResourceNames()
                .Count(name => name.EndsWith(".sql", StringComparison.Ordinal));
            Assert.Equal(scripts, await hosts[0].CountAsync("public.platform_migrations"));
            using var health = await hosts[3].SendAsync(HttpMethod.Get, "/health");
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        }
        finally
        {
            foreach (var host in hosts)
                await host.DisposeAsync();
            await DropAsync(existing, missing.Database!);
        }
    }

    [Fact]
    public async Task A_restart_keeps_what_is_there()
    {
        string database;
        await using (var host = await ProbeHost.StartAsync())
        {
            database = host.ConnectionString;
            await host.Db.ExecuteAsync("insert into effects (consumer, note, host) values ('none', 'kept', 'none')", null, Ct);
        }

        await using var again = await ProbeHost.StartAsync(database);

        Assert.Equal(1, await again.CountAsync("effects where note = 'kept'"));
    }

    [Fact]
    public async Task Health_names_the_cause_while_the_database_is_away_and_the_process_is_alive()
    {
        await using var host = await ProbeHost.StartWithoutDatabaseAsync(NobodyListens());

        var cause = await CauseAsync(host, "does not answer");

        Assert.Equal("The service is waiting for the database server: it does not answer at the address of the connection string", cause);
        using var alive = await host.SendAsync(HttpMethod.Get, "/alive");
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    [Fact]
    public async Task Health_tells_a_migration_that_fails_from_a_server_that_is_away()
    {
        var connectionString = await TestPostgres.CreateDatabaseAsync("platform");
        await using (var connection = new NpgsqlConnection(connectionString))
        {
            await connection.OpenAsync(Ct);
            await using var command = new NpgsqlCommand("create table effects (id int)", connection);
            await command.ExecuteNonQueryAsync(Ct);
        }
        await using var host = await ProbeHost.StartWithoutDatabaseAsync(connectionString);

        var cause = await CauseAsync(host, "effects");

        Assert.Contains("not able to migrate its database", cause, StringComparison.Ordinal);
        Assert.Contains("0001_effects.sql", cause, StringComparison.Ordinal);
    }

    // The first attempt may still be under way: ask until the cause is known.
    private static async Task<string> CauseAsync(ProbeHost host, string wanted)
    {
        while (true)
        {
            using var answer = await host.SendAsync(HttpMethod.Get, "/health");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            var health = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
            var check = health.GetProperty("checks").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "probe-db");
            if (check.GetProperty("cause").GetString() is { } cause && cause.Contains(wanted, StringComparison.Ordinal))
                return cause;
        }
    }

    private static string NobodyListens()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return $"Host=127.0.0.1;Port={port};Database=probe;Username=probe;Password=probe";
    }

    private static async Task DropAsync(string server, string database)
    {
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync(CancellationToken.None);
        await using var drop = connection.CreateCommand();
#pragma warning disable CA2100 // A name of our own making.
        drop.CommandText = $"drop database if exists \"{database}\" with (force)";
#pragma warning restore CA2100
        await drop.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
