using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using MarketingPlatform.LocalServers;
using MarketingPlatform.Platform.Hosting;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MarketingPlatform.Standalone;

/// <summary>Every service in one process, on a private PostgreSQL (or on given connection strings) and the in-memory bus.</summary>
public static class StandaloneHost
{
    /// <summary>Runs until Ctrl-C or SIGTERM; everything it started is then gone.</summary>
    /// <returns>0 after an asked-for stop, 1 where it could not start (said on <paramref name="output"/>).</returns>
    public static async Task<int> RunAsync(StandaloneOptions options, TextWriter output)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            await RunAsync(options, output, stop.Token);
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception e) when (e is StandaloneException or LocalServerException)
        {
            await output.WriteLineAsync(e.Message);
            return 1;
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task RunAsync(StandaloneOptions options, TextWriter output, CancellationToken ct)
    {
        var data = Directory.CreateDirectory(Path.GetFullPath(options.DataFolder)).FullName;
        using var inUse = Lock(data);
        if (PortHolder.Describe(options.Port) is { } holder)
            throw new StandaloneException($"Port {options.Port} is held by {holder}. End it, or choose another port with --port.");
        var keys = KeyFile.LoadOrCreate(Path.Combine(data, "keys.json"));

        var given = GivenConnectionStrings();
        var postgres = given is null ? await StartPostgresAsync(options, data, output, ct) : null;
        try
        {
            var databases = given ?? Services.Databases.ToDictionary(db => db.Key, db => postgres!.ConnectionString(db.Value));
            await using var app = ServiceHost.Build([], Services.All(), builder => Configure(builder, options, data, keys, databases));
            await app.StartAsync(ct);
            await WriteRunFileAsync(data, postgres?.ProcessId, ct);
            await WaitUntilHealthyAsync(app, output, ct);
            await output.WriteLineAsync(Welcome(options, data, postgres));
            await app.WaitForShutdownAsync(ct);
        }
        finally
        {
            if (postgres is not null)
                await postgres.StopAsync();
            File.Delete(RunFile(data));
        }
    }

    private static void Configure(
        WebApplicationBuilder builder,
        StandaloneOptions options,
        string data,
        KeyFile keys,
        IReadOnlyDictionary<string, string> databases
    )
    {
        var door = $"http://127.0.0.1:{options.Port.ToString(CultureInfo.InvariantCulture)}";
        var defaults = new Dictionary<string, string?>
        {
            ["Messaging:Transport"] = "memory",
            ["Gateway:RouteToServices"] = "false",
            ["Shop:PublicUrl"] = door,
            ["Email:OutboxDirectory"] = Path.Combine(data, "outbox"),
            ["Services:Key"] = keys.Services,
            ["Gateway:SeedKeys:collect"] = keys.Collect,
            ["Gateway:SeedKeys:read"] = keys.Read,
            ["Gateway:SeedKeys:write"] = keys.Write,
            ["Gateway:SeedKeys:admin"] = keys.Admin,
            ["Logging:LogLevel:Default"] = "Warning",
            ["Logging:LogLevel:MarketingPlatform"] = "Information",
        };
        foreach (var module in Services.All())
            defaults[$"services:{module.Name}:http:0"] = door;
        foreach (var (name, connectionString) in databases)
            defaults[$"ConnectionStrings:{name}"] = connectionString;
        // Below everything else, so that the environment can change any of them.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = defaults });
        builder.Logging.ClearProviders().AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        builder.WebHost.UseUrls(door);
    }

    /// <summary>Connection strings of the environment, where all are there.</summary>
    private static Dictionary<string, string>? GivenConnectionStrings()
    {
        var given = Services
            .Databases.Keys.Select(name => (name, Value: Environment.GetEnvironmentVariable("ConnectionStrings__" + name)))
            .Where(entry => !string.IsNullOrWhiteSpace(entry.Value))
            .ToDictionary(entry => entry.name, entry => entry.Value!);
        if (given.Count == 0)
            return null;
        var missing = Services.Databases.Keys.Except(given.Keys).ToArray();
        return missing.Length == 0
            ? given
            : throw new StandaloneException(
                $"Some databases are given and others are not. Set also: {string.Join(", ", missing.Select(name => "ConnectionStrings__" + name))} "
                    + "(names with a dash need 'env NAME=… ./marketing up'), or give none to have a private PostgreSQL."
            );
    }

    private static Task<LocalPostgres> StartPostgresAsync(StandaloneOptions options, string data, TextWriter output, CancellationToken ct) =>
        LocalPostgres.StartAsync(
            new LocalPostgresOptions
            {
                Folder = Path.Combine(data, "postgres"),
                AllowInstall = options.AllowInstall,
                Say = line => output.WriteLine(line),
            },
            ct
        );

    private static FileStream Lock(string data)
    {
        try
        {
            return new FileStream(Path.Combine(data, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new StandaloneException($"Another './marketing up' uses {data}. End it, or choose another folder with --data.");
        }
    }

    private static async Task WaitUntilHealthyAsync(WebApplication app, TextWriter output, CancellationToken ct)
    {
        var health = app.Services.GetRequiredService<HealthCheckService>();
        var patience = TimeSpan.FromSeconds(15);
        for (var waited = TimeSpan.Zero; ; waited += TimeSpan.FromMilliseconds(100))
        {
            var report = await health.CheckHealthAsync(ct);
            if (report.Status == HealthStatus.Healthy)
                return;
            if (waited >= patience)
            {
                foreach (var (name, entry) in report.Entries.Where(entry => entry.Value.Status != HealthStatus.Healthy))
                    await output.WriteLineAsync($"still waiting: {name}: {entry.Description}");
                patience *= 2;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
        }
    }

    private static Task WriteRunFileAsync(string data, int? postgresPid, CancellationToken ct) =>
        File.WriteAllTextAsync(
            RunFile(data),
            JsonSerializer.Serialize(new { pid = Environment.ProcessId, postgresPid }),
            ct
        );

    private static string RunFile(string data) => Path.Combine(data, "standalone.json");

    private static string Welcome(StandaloneOptions options, string data, LocalPostgres? postgres)
    {
        var mails = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("Email__Smtp__Host"))
            ? Path.Combine(data, "outbox")
            : "sent over " + Environment.GetEnvironmentVariable("Email__Smtp__Host");
        return $"""

            MarketingPlatform is up.
              door       http://127.0.0.1:{options.Port}      (health: /health, every path: /docs)
              keys       {Path.Combine(data, "keys.json")}
              mails      {mails}
              database   {(postgres is null ? "as given" : $"127.0.0.1:{postgres.Port}, files in {postgres.Folder}")}
            Next: './marketing demo --port {options.Port} --data {options.DataFolder}' in another terminal. Ctrl-C stops everything.
            """;
    }
}
