using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.LocalServers;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Recommendation;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using CommandException = MarketingPlatform.Platform.CommandLine.CommandException;

namespace MarketingPlatform.Cli.Bench.Recommend;

/// <summary>The Recommendation service as it ships, filled by SQL and used through its doors: HTTP for answers, the bus for orders.</summary>
internal sealed class RecommendBench(TimeProvider clock, Action<string> say) : IDisposable
{
    private const int BatchCustomers = 500;
    private const int FoldIns = 20;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);

    /// <summary>How often it is asked whether the training is over: asking costs what the training needs.</summary>
    private static readonly TimeSpan WhileTraining = TimeSpan.FromMilliseconds(500);

    private readonly TokenIssuer issuer = new(TokenIssuer.CreateKey(), clock);

    public async Task<RecommendReport> RunAsync(RecommendLoad load, CancellationToken ct)
    {
        var busyBefore = await LoadAverageAsync(ct);
        say("Starting PostgreSQL …");
        await using var postgres = await LocalPostgres.StartThrowAwayAsync(say, durable: true, ct: ct);
        var connection = postgres.ConnectionString("bench-recommend");
        await using var host = await StartAsync(connection, ct);
        say($"Filling in {load.Interactions:N0} order lines …");
        await GeneratedShop.FillAsync(connection, load, ct);
        var interactions = await AskAsync<long>(connection, "select count(*) from order_items", ct);

        using var http = Client(host);
        say("Training …");
        var began = clock.GetTimestamp();
        using (var asked = await http.PostAsync(new Uri(Routes.Recommendations + "/train", UriKind.Relative), null, ct))
            asked.EnsureSuccessStatusCode();
        string? model;
        while ((model = (await GetAsync(http, GeneratedShop.CustomerId(0), ct)).ModelVersion) is null)
        {
            await Task.Delay(WhileTraining, clock, ct);
            Identify(http);
        }
        var training = clock.GetElapsedTime(began).TotalSeconds;

        say($"{load.RequestsPerSecond} answers a second …");
        await AnswersAsync(http, load, WarmUp, ct);
        var (times, reached) = await AnswersAsync(http, load, TimeSpan.FromSeconds(load.Seconds), ct);
        Identify(http);
        say("Batches of 500 customers …");
        var batch = await BatchesAsync(http, load, ct);
        Identify(http);
        say("Orders, until the answer gives them as its reason …");
        var foldIn = await FoldInAsync(host, http, load, connection, ct);
        using var self = Process.GetCurrentProcess();
        var memory = (self.WorkingSet64, ResidentMemory.Of(postgres.ProcessId)?.ProportionalBytes);
        await host.StopAsync(ct);
        return new RecommendReport(
            load,
            interactions,
            training,
            model,
            reached,
            times,
            batch,
            foldIn,
            memory.Item1,
            memory.Item2,
            Environment.ProcessorCount,
            [busyBefore, await LoadAverageAsync(ct)]
        );
    }

    public void Dispose() => issuer.Dispose();

    /// <summary>Open loop: a request leaves when it is due, whether or not those before it have been answered.</summary>
    private async Task<(AnswerTimes Times, double Reached)> AnswersAsync(
        HttpClient http,
        RecommendLoad load,
        TimeSpan length,
        CancellationToken ct
    )
    {
        var (times, pending, random) = (new ConcurrentBag<double>(), new List<Task>(), new Random(1));
        var began = clock.GetTimestamp();
        var sent = 0;
        // A thread of its own: the runtime's timers count in ticks of 4 ms, and would be measured with each answer.
        await Task.Factory.StartNew(Send, ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.WhenAll(pending);
        var sorted = times.Order().ToArray();
        return (new AnswerTimes(sorted.Length, At(0.5), At(0.95), At(0.99), sorted[^1]), sent / clock.GetElapsedTime(began).TotalSeconds);

        void Send()
        {
            while (clock.GetElapsedTime(began) is var elapsed && elapsed < length)
            {
                for (var wanted = (int)(elapsed.TotalSeconds * load.RequestsPerSecond); sent < wanted; sent++)
                    pending.Add(OneAsync(TimeSpan.FromSeconds((double)sent / load.RequestsPerSecond), random.Next(load.Customers)));
                ct.WaitHandle.WaitOne(1);
            }
        }

        async Task OneAsync(TimeSpan due, int customer)
        {
            await CallAsync(http, GeneratedShop.CustomerId(customer), ct);
            times.Add((clock.GetElapsedTime(began) - due).TotalMilliseconds);
        }

        double At(double share) => sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
    }

    private async Task<double> BatchesAsync(HttpClient http, RecommendLoad load, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        var answered = 0L;
        await Task.WhenAll(CallerAsync(1), CallerAsync(2));
        return answered / clock.GetElapsedTime(began).TotalSeconds;

        async Task CallerAsync(int seed)
        {
            var random = new Random(seed);
            while (clock.GetElapsedTime(began).TotalSeconds < load.Seconds)
            {
                var customers = Enumerable
                    .Range(0, BatchCustomers)
                    .Select(_ => GeneratedShop.CustomerId(random.Next(load.Customers)))
                    .ToArray();
                using var answer = await http.PostAsJsonAsync(
                    new Uri(Routes.Recommendations + "/batch", UriKind.Relative),
                    new RecommendationBatch(customers),
                    Json.Options,
                    ct
                );
                await EnsureAsync(answer, ct);
                await answer.Content.CopyToAsync(Stream.Null, ct);
                Interlocked.Add(ref answered, customers.Length);
            }
        }
    }

    private async Task<IReadOnlyList<double>> FoldInAsync(
        WebApplication host,
        HttpClient http,
        RecommendLoad load,
        string connection,
        CancellationToken ct
    )
    {
        var bus = host.Services.GetRequiredService<IBus>();
        var product = await AskAsync<string>(
            connection,
            "select product_id from products where in_stock order by popularity desc limit 1",
            ct
        );
        var times = new List<double>();
        for (var n = 0; n < FoldIns; n++)
        {
            var (customer, now) = (Guid.CreateVersion7(), clock.GetUtcNow());
            var order = new OrderPlaced(customer, "fold-in-" + n, [new CartLine(product, null, 1, 10)], 10, "EUR", null, now);
            var began = clock.GetTimestamp();
            await bus.Publish(order, context => context.MessageId = Guid.CreateVersion7(), ct);
            while ((await GetAsync(http, customer, ct)).Items.All(item => item.Because is null))
            {
                if (clock.GetElapsedTime(began) > TimeSpan.FromMinutes(1))
                    throw new CommandException("An order did not change the answer within a minute.");
                await Task.Delay(Glance, clock, ct);
            }
            times.Add(clock.GetElapsedTime(began).TotalMilliseconds);
        }
        times.Sort();
        return [times[times.Count / 2], times[^1]];
    }

    private static async Task CallAsync(HttpClient http, Guid customer, CancellationToken ct)
    {
        using var answer = await http.GetAsync(Address(customer), ct);
        await EnsureAsync(answer, ct);
        await answer.Content.CopyToAsync(Stream.Null, ct);
    }

    private async Task<WebApplication> StartAsync(string connection, CancellationToken ct)
    {
        var host = ServiceHost.Build(
            [],
            [new RecommendationModule()],
            builder =>
            {
                builder.WebHost.UseUrls("http://127.0.0.1:0");
                builder.Configuration.AddInMemoryCollection(
                    new Dictionary<string, string?>
                    {
                        ["ConnectionStrings:recommendation-db"] = connection,
                        ["Messaging:Transport"] = "memory",
                        ["Http:RequestsPerSecond"] = "100000",
                        // A training in between would be measured with the answers.
                        ["Recommendation:Quiet"] = "1.00:00:00",
                        ["Recommendation:MaxWait"] = "1.00:00:00",
                        ["Recommendation:PurposesEvery"] = "1.00:00:00",
                    }
                );
                builder.Services.AddSingleton<ITokenKeys>(issuer);
                // Standard output is the result.
                builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning);
                builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
            }
        );
        await host.StartAsync(ct);
        await host.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, ct);
        using var http = Client(host);
        // Waits for the database.
        await GetAsync(http, GeneratedShop.CustomerId(0), ct);
        return host;
    }

    /// <summary>As another program calls: without the retries and traces of our own clients, which would be measured too.</summary>
    private HttpClient Client(WebApplication host)
    {
        var http = new HttpClient(new SocketsHttpHandler())
        {
            BaseAddress = new Uri(host.Urls.First()),
            Timeout = TimeSpan.FromMinutes(30),
        };
        Identify(http);
        return http;
    }

    /// <summary>Tokens last for minutes, a training may take longer.</summary>
    private void Identify(HttpClient http) =>
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", issuer.Issue("bench", [Scope.Write]).Token);

    private static async Task<RecommendationList> GetAsync(HttpClient http, Guid customer, CancellationToken ct)
    {
        using var answer = await http.GetAsync(Address(customer), ct);
        await EnsureAsync(answer, ct);
        return (await answer.Content.ReadFromJsonAsync<RecommendationList>(Json.Options, ct))!;
    }

    private static Uri Address(Guid customer) => new($"{Routes.Recommendations}?customer={customer}&limit=10", UriKind.Relative);

    private static async Task EnsureAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        if (!answer.IsSuccessStatusCode)
            throw new CommandException($"Recommendation answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
    }

    private static async Task<T> AskAsync<T>(string connection, string sql, CancellationToken ct)
    {
        await using var open = new NpgsqlConnection(connection + ";Pooling=false");
        await open.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, open);
        return (T)(await command.ExecuteScalarAsync(ct))!;
    }

    private static async Task<double> LoadAverageAsync(CancellationToken ct) =>
        File.Exists("/proc/loadavg")
            ? double.Parse((await File.ReadAllTextAsync("/proc/loadavg", ct)).Split(' ')[0], CultureInfo.InvariantCulture)
            : 0;
}
