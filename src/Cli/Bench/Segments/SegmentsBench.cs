using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Segmentation;
using MarketingPlatform.LocalServers;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Segmentation;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using CommandException = MarketingPlatform.Platform.CommandLine.CommandException;

namespace MarketingPlatform.Cli.Bench.Segments;

/// <summary>
/// The Segmentation service as it ships, filled by SQL and used through its doors: events by the bus, segments by HTTP, changes by the bus.
/// </summary>
internal sealed class SegmentsBench(TimeProvider clock, Action<string> say) : IDisposable
{
    private const int EventKinds = 40;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ForTheLast = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);

    private readonly ConcurrentDictionary<Guid, long> accepted = new();
    private readonly ConcurrentQueue<double> latencies = new();
    private readonly TokenIssuer issuer = new(TokenIssuer.CreateKey(), clock);
    private volatile bool measuring;

    public async Task<SegmentsReport> RunAsync(SegmentsLoad load, CancellationToken ct)
    {
        say("Starting PostgreSQL …");
        await using var postgres = await LocalPostgres.StartThrowAwayAsync(say, durable: true, ct: ct);
        var (reached, latency, service, database) = await FollowAsync(load, postgres, ct);
        var (seconds, members) = await RecomputeAsync(load, postgres, ct);
        return new SegmentsReport(
            load,
            reached,
            latency,
            seconds,
            members,
            service,
            database,
            Environment.ProcessorCount,
            SegmentsReport.How
        );
    }

    private async Task<(double Reached, Latency Latency, long Service, long? Postgres)> FollowAsync(
        SegmentsLoad load,
        LocalPostgres postgres,
        CancellationToken ct
    )
    {
        var connection = postgres.ConnectionString("bench-segments");
        await using var host = await StartAsync(connection, new Dictionary<string, string?>(), ct);
        say($"Filling in {load.Customers:N0} customers …");
        await FillAsync(connection, load.Customers, ct);
        // The first RFM evaluation moves everybody: it belongs to the filling, not to the load.
        await ExecuteAsync(connection, "insert into changes default values", ct);
        await UntilAsync(connection, "select not exists (select from changes) and exists (select from evaluations)", ct);
        using var http = Client(host);
        say($"Defining {load.Segments} segments …");
        for (var i = 0; i < load.Segments; i++)
            await DefineAsync(http, $"bench-{i}", RuleOf(i), ct);
        await UntilAsync(connection, "select not exists (select from segments where rule is not null and applied_version < version)", ct);
        await UntilAsync(connection, "select not exists (select from staged) and not exists (select from dirty)", ct);
        await UntilAsync(connection, "select not exists (select from platform.outbox)", ct);

        var bus = host.Services.GetRequiredService<IBus>();
        var listening = host
            .Services.GetRequiredService<IReceiveEndpointConnector>()
            .ConnectReceiveEndpoint(
                "bench-changes",
                (_, endpoint) =>
                {
                    endpoint.Handler<SegmentEntered>(context => Changed(context.Message.CustomerId));
                    endpoint.Handler<SegmentLeft>(context => Changed(context.Message.CustomerId));
                }
            );
        await listening.Ready;
        say($"{load.EventsPerSecond} events a second for {load.Seconds} s …");
        var random = new Random(1);
        await SendAsync(bus, load, WarmUp, random, ct);
        measuring = true;
        var reached = await SendAsync(bus, load, TimeSpan.FromSeconds(load.Seconds), random, ct);
        // Changes of the last events are on their way still, and count; whatever takes longer is missing from the figure.
        await Task.Delay(ForTheLast, clock, ct);
        measuring = false;
        using var self = Process.GetCurrentProcess();
        var memory = (self.WorkingSet64, ResidentMemory.Of(postgres.ProcessId)?.ProportionalBytes);
        await host.StopAsync(ct);
        return (reached, Summarise([.. latencies]), memory.Item1, memory.Item2);
    }

    /// <summary>Changes of a customer of whom an event was accepted in this run; what time alone changed does not count.</summary>
    private Task Changed(Guid customer)
    {
        if (measuring && accepted.TryGetValue(customer, out var at))
            latencies.Enqueue(clock.GetElapsedTime(at).TotalMilliseconds);
        return Task.CompletedTask;
    }

    /// <summary>Ten messages a second, as collect would pack them.</summary>
    private async Task<double> SendAsync(IBus bus, SegmentsLoad load, TimeSpan length, Random random, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        var sent = 0;
        while (clock.GetElapsedTime(began) is var elapsed && elapsed < length)
        {
            var wanted = (int)(elapsed.TotalSeconds * load.EventsPerSecond) - sent;
            foreach (var some in Enumerable.Range(0, wanted).Chunk(500))
            {
                var now = clock.GetUtcNow();
                BehaviourEvent[] events = [.. some.Select(_ => Event(random, load.Customers, now))];
                foreach (var e in events)
                    accepted[e.CustomerId] = clock.GetTimestamp();
                await bus.Publish(new BehaviourBatch(events), context => context.MessageId = Guid.CreateVersion7(), ct);
                sent += some.Length;
            }
            await Task.Delay(100, ct);
        }
        return sent / clock.GetElapsedTime(began).TotalSeconds;
    }

    private static BehaviourEvent Event(Random random, int customers, DateTimeOffset now) =>
        new(
            Guid.CreateVersion7(now),
            CustomerId(random.Next(customers)),
            "track",
            $"Event {random.Next(EventKinds)}",
            null,
            random.Next(5) == 0 ? "instagram" : "web",
            JsonSerializer.SerializeToElement(
                new
                {
                    price = random.Next(1, 200),
                    category = $"category {random.Next(20)}",
                    url = "https://shop.example/p/1",
                }
            ),
            now
        );

    /// <summary>Selective rules of every kind, as marketers write them; most look at one kind of event.</summary>
    private static string RuleOf(int i) =>
        (i % 8) switch
        {
            0 => $"did \"Event {i % EventKinds}\" in last {2 + i % 20}h",
            1 => $"did \"Event {i % EventKinds}\" where (price > {100 + i % 90}) in last {1 + i % 6}d and not consented email_marketing",
            2 => $"sum(price) of \"Event {i % EventKinds}\" > {1000 + i} in last {10 + i % 20}d",
            3 => $"spent > {400 + i} in last 90d and did \"Event {i % EventKinds}\" >= 2 times in last 2d",
            4 => $"ordered category \"category {i % 20}\" >= 3 times in last 60d and country = \"DE\"",
            5 => $"engaged on \"instagram\" >= {2 + i % 4} times in last 3d and age >= {20 + i % 40}",
            6 => $"in segment \"bench-{i - 6}\" and bucket.b{i} < {5 + i % 20}",
            _ => $"rfm.r >= 4 and avg(total) of orders > {120 + i} and did \"Event {i % EventKinds}\" in last 12h",
        };

    private async Task<(IReadOnlyList<double> Seconds, long Members)> RecomputeAsync(
        SegmentsLoad load,
        LocalPostgres postgres,
        CancellationToken ct
    )
    {
        var connection = postgres.ConnectionString("bench-everybody");
        // RFM over everybody is not what is measured here.
        var quiet = new Dictionary<string, string?>
        {
            ["Segmentation:RecomputeDebounce"] = "01:00:00",
            ["Segmentation:RecomputeInterval"] = "1.00:00:00",
        };
        await using var host = await StartAsync(connection, quiet, ct);
        say($"Filling in {load.Everybody:N0} customers …");
        await FillAsync(connection, load.Everybody, ct);
        using var http = Client(host);
        const string Rule = "did \"Event 3\" >= 1 times in last 30d and spent > 100 in last 90d and not opened email in last 30d";
        await DefineAsync(http, "everybody", Rule, ct);
        const string Done =
            "select not exists (select from segments where rule is not null and applied_version < version) and not exists (select from staged)";
        await UntilAsync(connection, Done, ct);
        List<double> seconds = [];
        for (var round = 1; round <= 3; round++)
        {
            say($"Recompute {round} of 3 …");
            var began = clock.GetTimestamp();
            using var change = Request(HttpMethod.Put, "/api/v1/segments/everybody", new { name = "Everybody", text = Rule });
            change.Headers.TryAddWithoutValidation("If-Match", "*");
            using var answer = await http.SendAsync(change, ct);
            await EnsureAsync(answer, ct);
            await UntilAsync(connection, Done, ct);
            seconds.Add(clock.GetElapsedTime(began).TotalSeconds);
        }
        await using var open = await OpenAsync(connection, ct);
        await using var count = new NpgsqlCommand(
            "select count(*) from memberships m join segments s on s.id = m.segment_id where s.rule is not null",
            open
        );
        var members = (long)(await count.ExecuteScalarAsync(ct))!;
        await host.StopAsync(ct);
        return (seconds, members);
    }

    private async Task<WebApplication> StartAsync(string connection, Dictionary<string, string?> settings, CancellationToken ct)
    {
        var host = ServiceHost.Build(
            [],
            [new SegmentationModule()],
            builder =>
            {
                builder.WebHost.UseUrls("http://127.0.0.1:0");
                builder.Configuration.AddInMemoryCollection(
                    new Dictionary<string, string?>(settings)
                    {
                        ["ConnectionStrings:segmentation-db"] = connection,
                        ["Messaging:Transport"] = "memory",
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
        await UntilAsync(connection, "select to_regclass('staged') is not null", ct);
        return host;
    }

    private static HttpClient Client(WebApplication host)
    {
        var http = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("bench");
        http.BaseAddress = new Uri(host.Urls.First());
        return http;
    }

    private async Task DefineAsync(HttpClient http, string key, string rule, CancellationToken ct)
    {
        using var request = Request(
            HttpMethod.Post,
            "/api/v1/segments",
            new
            {
                key,
                name = key,
                text = rule,
            }
        );
        using var answer = await http.SendAsync(request, ct);
        await EnsureAsync(answer, ct);
    }

    private HttpRequestMessage Request(HttpMethod method, string path, object body) =>
        new(method, path)
        {
            Content = JsonContent.Create(body),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", issuer.Issue("bench", [Scope.Write]).Token) },
        };

    private static async Task EnsureAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        if (!answer.IsSuccessStatusCode)
            throw new CommandException($"Segmentation answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
    }

    private async Task UntilAsync(string connection, string sql, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await using var open = await OpenAsync(connection, ct);
                await using var command = new NpgsqlCommand(sql, open);
                while (await command.ExecuteScalarAsync(ct) is not true)
                    await Task.Delay(Glance, clock, ct);
                return;
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidCatalogName)
            {
                await Task.Delay(Glance, clock, ct);
            }
        }
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connection, CancellationToken ct)
    {
        var open = new NpgsqlConnection(connection + ";Command Timeout=600;Pooling=false");
        await open.OpenAsync(ct);
        return open;
    }

    private static async Task FillAsync(string connection, int customers, CancellationToken ct)
    {
        await using var open = await OpenAsync(connection, ct);
        await using var fill = new NpgsqlCommand(FillSql, open);
        fill.Parameters.AddWithValue("customers", customers);
        await fill.ExecuteNonQueryAsync(ct);
        await using var tidy = new NpgsqlCommand("vacuum analyze", open);
        await tidy.ExecuteNonQueryAsync(ct);
    }

    public void Dispose() => issuer.Dispose();

    private static async Task ExecuteAsync(string connection, string sql, CancellationToken ct)
    {
        await using var open = await OpenAsync(connection, ct);
        await using var command = new NpgsqlCommand(sql, open);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The same id that <see cref="FillSql"/> makes of a number.</summary>
    private static Guid CustomerId(int number) => Guid.Parse($"01900000-0000-7000-8000-{number + 1:x12}");

    private static Latency Summarise(double[] all)
    {
        Array.Sort(all);
        if (all.Length == 0)
            throw new CommandException("No change was published: nothing could be measured.");
        return new Latency(all.Length, At(0.5), At(0.95), At(0.99), all[^1]);

        double At(double share) => all[Math.Min(all.Length - 1, (int)(share * all.Length))];
    }

    // Each customer: a profile, a consent, four events of the last 60 days, an order with two lines, one in ten a mail opened.
    private const string FillSql = """
        insert into products (product_id, version, category) select 'p' || n, 1, 'category ' || n % 20 from generate_series(0, 199) n;
        create temp table people as
            select n, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid as id from generate_series(1, @customers) n;
        insert into customers (origin_id, version, has_email, traits, first_seen_at, last_seen_at, last_order_at)
        select id, 1, true, jsonb_build_object('age', 18 + n % 60, 'country', (array['de', 'at', 'fr', 'us'])[1 + n % 4], 'has_email', true),
               now() - interval '200 days', now() - interval '1 day', now() - n % 80 * interval '1 day' - interval '1 hour'
        from people;
        insert into consents select id, 'email_marketing', n % 3 > 0, 'form', now() - interval '100 days' from people;
        insert into events (event_id, origin_id, name, channel, properties, at)
        select gen_random_uuid(), p.id, 'event ' || (p.n * 7 + e * 13) % 40, case when e = 1 then 'web' end,
               jsonb_build_object('price', (p.n + e * 37) % 200, 'category', 'category ' || (p.n + e) % 20),
               now() - ((p.n * 31 + e * 17) % 57 + 3) * interval '1 day'
        from people p cross join generate_series(1, 4) e;
        insert into events (event_id, origin_id, name, channel, properties, at)
        select gen_random_uuid(), id, 'email opened', 'email', null, now() - n % 60 * interval '1 day' from people where n % 10 = 0;
        insert into orders (order_id, origin_id, at, total, currency)
        select 'o' || n, id, now() - n % 80 * interval '1 day' - interval '1 hour', 10 + n % 190, 'EUR' from people;
        insert into order_lines (order_id, line, product_id, quantity, unit_price)
        select 'o' || p.n, l, 'p' || (p.n + l * 3) % 200, 1, 5 + p.n % 95 from people p cross join generate_series(0, 1) l;
        drop table people;
        """;
}
