using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using MarketingPlatform.LocalServers;
using MarketingPlatform.Standalone;

namespace MarketingPlatform.Cli.Up;

/// <summary>
/// <c>marketing up --distributed</c>: PostgreSQL, a private RabbitMQ node and each service as its own process. A service that dies is named
/// with its last words and started again; one that keeps dying ends the platform.
/// </summary>
internal static class DistributedHost
{
    private const int RestartsPerMinute = 3;
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(4);

    /// <returns>0 after an asked-for stop, 1 where it could not start or a service kept dying.</returns>
    public static async Task<int> RunAsync(StandaloneOptions options, TextWriter output, CancellationToken ct = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await RunUntilStoppedAsync(options, output, stop.Token);
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

    private static async Task<int> RunUntilStoppedAsync(StandaloneOptions options, TextWriter output, CancellationToken ct)
    {
        using var data = DataFolder.Open(options.DataFolder);
        await LeftServices.EndAsync(data, output);
        StandaloneHost.EnsurePortIsFree(options.Port);
        var keys = KeyFile.LoadOrCreate(data.Keys);
        var given = GivenDatabases.Find();
        var givenBroker = Environment.GetEnvironmentVariable("ConnectionStrings__rabbitmq");
        var services = new List<Task<int>>();
        LocalPostgres? postgres = null;
        LocalRabbitMq? rabbit = null;
        using var stopServices = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            if (given is null)
                postgres = await StandaloneHost.StartPostgresAsync(options, data, output, ct);
            if (givenBroker is null)
            {
                await output.WriteLineAsync("Starting RabbitMQ …");
                rabbit = await LocalRabbitMq.StartAsync(
                    new LocalRabbitMqOptions
                    {
                        Folder = data.RabbitMq,
                        AllowInstall = options.AllowInstall,
                        Say = line => output.WriteLine(line),
                    },
                    ct
                );
            }
            var databases = given ?? Services.Databases.ToDictionary(db => db.Key, db => postgres!.ConnectionString(db.Value));
            var broker = givenBroker ?? rabbit!.AmqpUri().ToString();
            var plan = Plan(options, data, keys, databases, broker);
            var running = new RunningServices(data, postgres?.ProcessId, output);
            services.AddRange(plan.Select(service => KeepRunningAsync(service, running, output, stopServices.Token)));
            await WaitUntilHealthyAsync(plan, services, output, ct);
            await output.WriteLineAsync(Welcome(options, data, postgres, rabbit, plan));
            var ended = await Task.WhenAny(services);
            return await ended;
        }
        finally
        {
            await stopServices.CancelAsync();
            await ((Task)Task.WhenAll(services)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.WhenAll(rabbit?.StopAsync() ?? Task.CompletedTask, postgres?.StopAsync() ?? Task.CompletedTask);
        }
    }

    private sealed record PlannedService(string Name, string Program, Uri Address, IReadOnlyDictionary<string, string> Settings);

    private static PlannedService[] Plan(
        StandaloneOptions options,
        DataFolder data,
        KeyFile keys,
        IReadOnlyDictionary<string, string> databases,
        string broker
    )
    {
        var modules = Services.All();
        var ports = modules.ToDictionary(module => module.Name, module => module.Name == "gateway" ? options.Port : FreePort.Next());
        var common = new Dictionary<string, string>(keys.Settings())
        {
            ["ConnectionStrings:rabbitmq"] = broker,
            ["Shop:PublicUrl"] = AddressOf(options.Port),
            ["Email:OutboxDirectory"] = data.Outbox,
            ["Logging:LogLevel:Default"] = "Warning",
            ["Logging:LogLevel:MarketingPlatform"] = "Information",
            ["Logging:Console:FormatterName"] = "simple",
            ["Logging:Console:FormatterOptions:SingleLine"] = "true",
        };
        foreach (var (name, connectionString) in databases)
            common["ConnectionStrings:" + name] = connectionString;
        foreach (var (name, port) in ports)
            common[$"services:{name}:http:0"] = AddressOf(port);
        // What the environment says goes before what is guessed here.
        foreach (
            var name in common
                .Keys.Where(name => Environment.GetEnvironmentVariable(name.Replace(":", "__", StringComparison.Ordinal)) is not null)
                .ToArray()
        )
            common.Remove(name);
        return
        [
            .. modules.Select(module => new PlannedService(
                module.Name,
                Path.Combine(AppContext.BaseDirectory, module.GetType().Assembly.GetName().Name + ".dll"),
                new Uri(AddressOf(ports[module.Name])),
                new Dictionary<string, string>(common) { ["ASPNETCORE_URLS"] = AddressOf(ports[module.Name]) }
            )),
        ];
    }

    /// <summary>Runs a service until asked to stop; starts it again when it dies, a few times.</summary>
    private static async Task<int> KeepRunningAsync(
        PlannedService service,
        RunningServices running,
        TextWriter output,
        CancellationToken ct
    )
    {
        var deaths = new Queue<DateTimeOffset>();
        while (true)
        {
            using var process = new ServiceProcess(service.Name, service.Program, service.Settings, output);
            running.Started(service.Name, new RunningService(process.Id, service.Address, service.Program));
            string why;
            try
            {
                why = await process.EndedAsync(ct);
            }
            catch (OperationCanceledException)
            {
                await process.StopAsync(StopPatience);
                return 0;
            }
            var now = TimeProvider.System.GetUtcNow();
            deaths.Enqueue(now);
            while (deaths.Peek() < now.AddMinutes(-1))
                deaths.Dequeue();
            if (deaths.Count > RestartsPerMinute)
            {
                await output.WriteLineAsync($"{service.Name} died {deaths.Count} times within a minute: {why}\nStopping everything.");
                return 1;
            }
            await output.WriteLineAsync($"{service.Name} died: {why}\nStarting it again.");
        }
    }

    private static async Task WaitUntilHealthyAsync(
        PlannedService[] plan,
        List<Task<int>> services,
        TextWriter output,
        CancellationToken ct
    )
    {
        using var handler = new SocketsHttpHandler();
        using var http = new HttpMessageInvoker(handler);
        var patience = FirstPatience;
        var waiting = Stopwatch.StartNew();
        foreach (var service in plan)
            while (await WhyNotHealthyAsync(http, service, ct) is { } cause)
            {
                if (services.Any(task => task.IsCompleted))
                    throw new StandaloneException("A service cannot run; see its last words above.");
                if (waiting.Elapsed > patience)
                {
                    await output.WriteLineAsync($"still waiting for {service.Name}: {cause}");
                    patience *= 2;
                }
                // Other processes: their health can only be asked for, again and again.
                await Task.Delay(TimeSpan.FromMilliseconds(200), ct);
            }
    }

    /// <returns>Null once the service can do its work, else what its <c>/health</c> says.</returns>
    private static async Task<string?> WhyNotHealthyAsync(HttpMessageInvoker http, PlannedService service, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(service.Address, "/health"));
            using var response = await http.SendAsync(request, ct);
            return response.IsSuccessStatusCode ? null : await response.Content.ReadAsStringAsync(ct);
        }
        catch (HttpRequestException)
        {
            return "it does not answer yet";
        }
    }

    private static string AddressOf(int port) => "http://127.0.0.1:" + port.ToString(CultureInfo.InvariantCulture);

    private static string Welcome(
        StandaloneOptions options,
        DataFolder data,
        LocalPostgres? postgres,
        LocalRabbitMq? rabbit,
        PlannedService[] plan
    ) =>
        $"""

            MarketingPlatform is up, each service in its own process.
              console    {AddressOf(options.Port)}/     (sign in as admin; the first start prints the password once)
              door       {AddressOf(options.Port)}      (health: /health)
              keys       {data.Keys}
              mails      {data.Outbox}, unless SMTP is configured
              database   {(postgres is null ? "as given" : $"127.0.0.1:{postgres.Port}, files in {postgres.Folder}")}
              broker     {(rabbit is null ? "as given" : $"127.0.0.1:{rabbit.Port}, files in {rabbit.Folder}")}
              services   {string.Join(", ", plan.Select(service => $"{service.Name} {service.Address.Port}"))}
            Next: './marketing demo --port {options.Port} --data {options.DataFolder}' in another terminal. Ctrl-C stops everything.
            """;
}
