using System.Globalization;
using System.Runtime.InteropServices;
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
    public static async Task<int> RunAsync(StandaloneOptions options, TextWriter output, CancellationToken ct = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            await RunUntilStoppedAsync(options, output, stop.Token);
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

    private static async Task RunUntilStoppedAsync(StandaloneOptions options, TextWriter output, CancellationToken ct)
    {
        using var data = DataFolder.Open(options.DataFolder);
        EnsurePortIsFree(options.Port);
        var keys = KeyFile.LoadOrCreate(data.Keys);

        var given = GivenDatabases.Find();
        var postgres = given is null ? await StartPostgresAsync(options, data, output, ct) : null;
        try
        {
            var databases = given ?? Services.Databases.ToDictionary(db => db.Key, db => postgres!.ConnectionString(db.Value));
            await using var app = ServiceHost.Build([], Services.All(), builder => Configure(builder, options, data, keys, databases));
            await app.StartAsync(ct);
            data.WriteRunFile(postgres?.ProcessId);
            await WaitUntilHealthyAsync(app, output, ct);
            await output.WriteLineAsync(Welcome(options, data, postgres));
            await app.WaitForShutdownAsync(ct);
        }
        finally
        {
            if (postgres is not null)
                await postgres.StopAsync();
        }
    }

    /// <exception cref="StandaloneException">Another process holds the port; the message names it.</exception>
    public static void EnsurePortIsFree(int port)
    {
        if (PortHolder.Describe(port) is { } holder)
            throw new StandaloneException($"Port {port} is held by {holder}. End it, or choose another port with --port.");
    }

    public static Task<LocalPostgres> StartPostgresAsync(
        StandaloneOptions options,
        DataFolder data,
        TextWriter output,
        CancellationToken ct
    ) =>
        LocalPostgres.StartAsync(
            new LocalPostgresOptions
            {
                Folder = data.Postgres,
                AllowInstall = options.AllowInstall,
                Say = line => output.WriteLine(line),
            },
            ct
        );

    private static void Configure(
        WebApplicationBuilder builder,
        StandaloneOptions options,
        DataFolder data,
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
            ["Email:OutboxDirectory"] = data.Outbox,
            ["Logging:LogLevel:Default"] = "Warning",
            ["Logging:LogLevel:MarketingPlatform"] = "Information",
        };
        foreach (var (name, value) in keys.Settings())
            defaults[name] = value;
        foreach (var module in Services.All())
            defaults[$"services:{module.Name}:http:0"] = door;
        foreach (var (name, connectionString) in databases)
            defaults[$"ConnectionStrings:{name}"] = connectionString;
        // Below everything else, so that the environment can change any of them.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = defaults });
        builder
            .Logging.ClearProviders()
            .AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss ";
            });
        builder.WebHost.UseUrls(door);
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
            // Health is asked for; it does not call.
            await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
        }
    }

    private static string Welcome(StandaloneOptions options, DataFolder data, LocalPostgres? postgres)
    {
        var mails = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("Email__Smtp__Host"))
            ? data.Outbox
            : "sent over " + Environment.GetEnvironmentVariable("Email__Smtp__Host");
        return $"""

            MarketingPlatform is up.
              console    http://127.0.0.1:{options.Port}/     (sign in as admin; the first start prints the password once)
              door       http://127.0.0.1:{options.Port}      (health: /health, every path: /docs)
              keys       {data.Keys}
              mails      {mails}
              database   {(postgres is null ? "as given" : $"127.0.0.1:{postgres.Port}, files in {postgres.Folder}")}
            Next: './marketing demo --port {options.Port} --data {options.DataFolder}' in another terminal. Ctrl-C stops everything.
            """;
    }
}
