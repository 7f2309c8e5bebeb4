using System.Diagnostics;
using System.Text.Json;
using MarketingPlatform.Standalone;
using MarketingPlatform.TestInfrastructure;

namespace MarketingPlatform.EndToEnd.Tests;

/// <summary>Each service as a process of its own over RabbitMQ, on the servers of the test run: <c>marketing up --distributed</c>.</summary>
[CollectionDefinition(Shared)]
public class DistributedPlatform : RunningPlatform, ICollectionFixture<DistributedPlatform>
{
    public const string Shared = "separate processes";

    private readonly Dictionary<string, string> settings = [];

    public override int DoorPid => Services["gateway"].Pid;

    /// <summary>The services that run now, as the platform tells them.</summary>
    public IReadOnlyDictionary<string, RunningService> Services =>
        JsonSerializer
            .Deserialize<Standalone.RunningPlatform>(File.ReadAllText(Path.Combine(Data, "standalone.json")), JsonSerializerOptions.Web)!
            .Services!;

    internal override IReadOnlyList<string> Switches => ["--distributed"];

    internal override IReadOnlyDictionary<string, string> Settings => settings;

    public override async ValueTask InitializeAsync()
    {
        foreach (var database in Standalone.Services.Databases.Keys)
            settings["ConnectionStrings__" + database] = await DatabaseAsync(database);
        settings["ConnectionStrings__rabbitmq"] = await BrokerAsync();
        await base.InitializeAsync();
    }

    /// <summary>kill -9 of the launcher and of everything that it started.</summary>
    public override async Task KillAsync()
    {
        var services = Services;
        await base.KillAsync();
        foreach (var service in services.Values)
            await EndAsync(service.Pid);
    }

    /// <summary>kill -9 of the launcher alone.</summary>
    public Task KillLauncherAsync() => base.KillAsync();

    /// <summary>kill -9 of a service; completes when another process has taken its place.</summary>
    public async Task KillUntilReplacedAsync(string service)
    {
        var before = Services[service].Pid;
        await EndAsync(before);
        await EventuallyAsync($"{service} is started again", () => Task.FromResult(Services[service].Pid != before));
    }

    protected virtual Task<string> DatabaseAsync(string name) => TestPostgres.CreateDatabaseAsync("e2e_" + name);

    protected virtual Task<string> BrokerAsync() => TestRabbit.CreateVirtualHostAsync("e2e");

    protected override Task<string> ConnectionStringAsync(string database) =>
        Task.FromResult(settings["ConnectionStrings__" + Standalone.Services.Databases.First(entry => entry.Value == database).Key]);

    private static async Task EndAsync(int pid)
    {
        using var process = Process.GetProcessById(pid);
        process.Kill();
        await process.WaitForExitAsync();
    }
}
