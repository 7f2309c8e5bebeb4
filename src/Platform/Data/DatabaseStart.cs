using System.Reflection;
using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Polly;

namespace MarketingPlatform.Platform.Data;

/// <summary>
/// Creates the database where it is missing and brings it up to date, once for all instances that start together. Waits for a server
/// that is not there yet, and says so in <c>/health</c>.
/// </summary>
internal sealed class DatabaseStart<TDatabase>(
    TDatabase database,
    ResiliencePipelineForDatabaseStart start,
    ILogger<DatabaseStart<TDatabase>> log
) : BackgroundService
    where TDatabase : ServiceDatabase
{
    /// <summary>Any constant: instances that migrate the same database meet at this lock.</summary>
    private const long MigrationLock = 0x4D50_4D49_4752;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await start.Pipeline.ExecuteAsync(
            async ct =>
            {
                try
                {
                    await CreateAsync(ct);
                    await MigrateAsync(ct);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    database.NotReadyBecause = Explain(e);
                    log.LogWarning("{Database}: {Cause}; trying again", typeof(TDatabase).Name, database.NotReadyBecause);
                    throw;
                }
            },
            stoppingToken
        );
        database.MarkReady();
    }

    internal static string Explain(Exception e) =>
        e switch
        {
            PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
                "refused by the database server: check user and password of the connection string",
            PostgresException postgres => "refused by the database server: " + postgres.MessageText,
            NpgsqlException => "waiting for the database server: it does not answer at the address of the connection string",
            _ => "not able to migrate its database: " + e.Message,
        };

    private async Task CreateAsync(CancellationToken ct)
    {
        try
        {
            await using var probe = await database.Source.OpenConnectionAsync(ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            var target = new NpgsqlConnectionStringBuilder(database.Source.ConnectionString);
            await using var server = await ServerConnectionAsync(ct);
            await using var create = server.CreateCommand();
            create.CommandText = $"create database \"{target.Database!.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
            try
            {
                await create.ExecuteNonQueryAsync(ct);
            }
            catch (PostgresException exists)
                when (exists.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
            {
                // Another instance was faster.
            }
        }
    }

    private async Task<NpgsqlConnection> ServerConnectionAsync(CancellationToken ct)
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(start.ConnectionStringOf(typeof(TDatabase)))
            {
                Database = "postgres",
                Pooling = false,
            }.ConnectionString
        );
        await connection.OpenAsync(ct);
        return connection;
    }

    private async Task MigrateAsync(CancellationToken ct)
    {
        // The lock lives as long as this connection; DbUp works on its own.
        await using var guard = await database.Source.OpenConnectionAsync(ct);
        await using (var take = guard.CreateCommand())
        {
            take.CommandText = "select pg_advisory_lock($1)";
            take.Parameters.Add(new NpgsqlParameter { Value = MigrationLock });
            await take.ExecuteNonQueryAsync(ct);
        }
        try
        {
            var connectionString = start.ConnectionStringOf(typeof(TDatabase));
            Upgrade(connectionString, typeof(DatabaseStart<>).Assembly, "platform_migrations");
            Upgrade(connectionString, typeof(TDatabase).Assembly, "migrations");
        }
        finally
        {
            await using var release = guard.CreateCommand();
            release.CommandText = "select pg_advisory_unlock_all()";
            await release.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private void Upgrade(string connectionString, Assembly scripts, string journal)
    {
        var result = DeployChanges
            .To.PostgresqlDatabase(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString)
            .WithScriptsEmbeddedInAssembly(scripts, name => name.Contains(".Migrations.", StringComparison.Ordinal))
            .JournalToPostgresqlTable("public", journal)
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .LogTo(new UpgradeLog(log))
            .Build()
            .PerformUpgrade();
        if (!result.Successful)
            throw new InvalidOperationException($"{result.ErrorScript?.Name}: {result.Error.Message}", result.Error);
    }

    private sealed class UpgradeLog(ILogger log) : IUpgradeLog
    {
        public void LogTrace(string format, params object[] args) { }

        public void LogDebug(string format, params object[] args) { }

        public void LogInformation(string format, params object[] args) => Write(LogLevel.Debug, format, args);

        public void LogWarning(string format, params object[] args) => Write(LogLevel.Warning, format, args);

        public void LogError(string format, params object[] args) => Write(LogLevel.Error, format, args);

        public void LogError(Exception ex, string format, params object[] args) => Write(LogLevel.Error, format, args);

        private void Write(LogLevel level, string format, object[] args)
        {
            if (log.IsEnabled(level))
                log.Log(level, "{Migration}", string.Format(System.Globalization.CultureInfo.InvariantCulture, format, args));
        }
    }
}
