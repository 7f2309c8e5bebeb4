using MarketingPlatform.LocalServers;

namespace MarketingPlatform.EndToEnd.Tests;

/// <summary>Separate processes on a PostgreSQL and a RabbitMQ that a test may stop and start again.</summary>
public sealed class PlatformOnServersOfItsOwn : DistributedPlatform
{
    private readonly string folder = Directory.CreateTempSubdirectory("marketing-e2e-servers-").FullName;
    private LocalPostgres? postgres;
    private LocalRabbitMq? rabbit;

    public LocalRabbitMq Rabbit => rabbit!;

    public override async ValueTask InitializeAsync()
    {
        try
        {
            rabbit = await LocalRabbitMq.StartThrowAwayAsync();
            await StartPostgresAsync();
        }
        catch (LocalServerException missing)
        {
            Assert.Skip(missing.Message);
        }
        await base.InitializeAsync();
    }

    public Task StopPostgresAsync() => postgres!.StopAsync();

    /// <summary>On the port that it had, with the data that it had.</summary>
    public async Task StartPostgresAsync() =>
        postgres = await LocalPostgres.StartAsync(
            new LocalPostgresOptions { Folder = Path.Combine(folder, "postgres"), Port = postgres?.Port }
        );

    /// <summary>Messages that MassTransit gave up on: they would be lost to everybody but a person.</summary>
    public async Task<string> GivenUpMessagesAsync() =>
        string.Join(
            ", ",
            (await Rabbit.Control.RunAsync(["list_queues", "--no-table-headers", "name", "messages"]))
                .Split('\n')
                .Where(line => line.Contains("_error", StringComparison.Ordinal) || line.Contains("_skipped", StringComparison.Ordinal))
                .Where(line => !line.TrimEnd().EndsWith("\t0", StringComparison.Ordinal))
        );

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (rabbit is not null)
            await rabbit.DisposeAsync();
        if (postgres is not null)
        {
            await postgres.StopAsync();
            if (Directory.Exists(postgres.Folder))
                Directory.Delete(postgres.Folder, recursive: true);
        }
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    protected override Task<string> DatabaseAsync(string name) => Task.FromResult(postgres!.ConnectionString(name.Replace('-', '_')));

    protected override Task<string> BrokerAsync() => Task.FromResult(Rabbit.AmqpUri().AbsoluteUri);
}
