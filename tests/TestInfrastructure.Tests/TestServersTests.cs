using Npgsql;
using RabbitMQ.Client;
using Xunit;

namespace MarketingPlatform.TestInfrastructure.Tests;

public sealed class TestServersTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_classes_get_a_database_each_at_the_same_time()
    {
        var databases = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => TestPostgres.CreateDatabaseAsync("Email & co")));

        var names = databases.Select(database => new NpgsqlConnectionStringBuilder(database).Database).ToList();
        Assert.Equal(6, names.Distinct().Count());
        Assert.All(names, name => Assert.StartsWith("test_email___co_", name, StringComparison.Ordinal));
        foreach (var database in databases)
        {
            // The same table name in each: they share nothing.
            await using var source = NpgsqlDataSource.Create(database);
            await using var command = source.CreateCommand("create table mine (x int)");
            await command.ExecuteNonQueryAsync(Ct);
        }
    }

    [Fact]
    public async Task Classes_get_virtual_hosts_that_share_nothing()
    {
        var hosts = await Task.WhenAll(TestRabbit.CreateVirtualHostAsync("email"), TestRabbit.CreateVirtualHostAsync("email"));

        Assert.SkipWhen(hosts[0] == hosts[1], "Only an address was given, so that no virtual host can be made.");
        await using var first = await new ConnectionFactory { Uri = new Uri(hosts[0]) }.CreateConnectionAsync(Ct);
        await using var second = await new ConnectionFactory { Uri = new Uri(hosts[1]) }.CreateConnectionAsync(Ct);
        await using var channel = await first.CreateChannelAsync(cancellationToken: Ct);
        await using var other = await second.CreateChannelAsync(cancellationToken: Ct);
        await channel.QueueDeclareAsync("mine", durable: true, exclusive: false, autoDelete: false, cancellationToken: Ct);

        var missing = await Assert.ThrowsAsync<RabbitMQ.Client.Exceptions.OperationInterruptedException>(() =>
            other.QueueDeclarePassiveAsync("mine", Ct)
        );

        Assert.Equal(Constants.NotFound, (int?)missing.ShutdownReason?.ReplyCode);
    }
}
