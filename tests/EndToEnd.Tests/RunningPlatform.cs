using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MarketingPlatform.LocalServers;
using MimeKit;
using Npgsql;

namespace MarketingPlatform.EndToEnd.Tests;

/// <summary>A platform started by <c>marketing up</c> in a folder of its own, as a user starts it; the folder outlives a kill.</summary>
public abstract class RunningPlatform : IAsyncLifetime
{
    // Lines come one by one: at the welcome's first one, the tests do not know yet where the database is.
    private const string LastLineOfTheWelcome = "Ctrl-C stops everything.";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly HttpClient http;
    private readonly ConcurrentDictionary<string, MimeMessage> mails = new();
    private RunningCommand? up;
    private string printedBefore = "";
    private JsonElement keys;

    protected RunningPlatform()
    {
        Port = FreePort.Next();
        Data = Directory.CreateTempSubdirectory("marketing-e2e-").FullName;
        http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(1) }) { BaseAddress = Door };
    }

    public int Port { get; }

    public string Data { get; }

    public Uri Door => new($"http://127.0.0.1:{Port}");

    /// <summary>The process that listens at the public door.</summary>
    public abstract int DoorPid { get; }

    /// <summary>What makes <c>marketing up</c> start this kind of platform.</summary>
    internal virtual IReadOnlyList<string> Switches => [];

    internal virtual IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>();

    internal RunningCommand Up => up!;

    /// <summary>What this start and those before it printed: a test that kills the platform may have run first.</summary>
    internal string PrintedSinceTheFirstStart => printedBefore + Up.Printed;

    public virtual async ValueTask InitializeAsync() => await StartAsync();

    public async Task StartAsync()
    {
        printedBefore += up?.Printed;
        // Nobody is held out but where an automation says so, from its first customer on: the tests count a mail for everybody.
        var settings = new Dictionary<string, string>(Settings)
        {
            ["Email__HoldOut__Automations"] = "0",
            ["Email__HoldOut__After"] = "0",
            // It is soon known who clicked.
            ["Email__LabelAfter"] = "00:00:01",
            ["Email__LabelInterval"] = "00:00:01",
            // What a mail shows is looked at here, and the machine is busy.
            ["Email__RecommendationTimeout"] = "00:00:10",
        };
        up = Machine.Start(["up", .. Switches, "--port", Port.ToString(CultureInfo.InvariantCulture), "--data", Data], settings);
        await EventuallyAsync(
            "the platform is up",
            () =>
                up.Process.HasExited
                    ? throw new InvalidOperationException("marketing up ended: " + up.Printed)
                    : Task.FromResult(up.Printed.Contains(LastLineOfTheWelcome, StringComparison.Ordinal))
        );
        keys = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(Path.Combine(Data, "keys.json")));
    }

    /// <summary>kill -9: nothing is told, nothing is tidied.</summary>
    public virtual async Task KillAsync()
    {
        up!.Process.Kill();
        await up.Process.WaitForExitAsync();
        up.Dispose();
    }

    /// <summary>SIGTERM, as an operating system or a container host asks.</summary>
    public async Task<TimeSpan> StopAsync()
    {
        var watch = Stopwatch.StartNew();
        using var kill = Process.Start("kill", ["-TERM", up!.Process.Id.ToString(CultureInfo.InvariantCulture)]);
        await up.Process.WaitForExitAsync();
        return watch.Elapsed;
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (up is { HasEnded: false })
            await StopAsync();
        up?.Dispose();
        http.Dispose();
        Directory.Delete(Data, recursive: true);
    }

    /// <summary>Sends calls to the collect API; true once the platform said that they are stored.</summary>
    public async Task<bool> CollectsAsync(params IEnumerable<object> calls)
    {
        try
        {
            using var response = await SendAsync(HttpMethod.Post, "/v1/batch", "collect", new { batch = calls });
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>As a client library does: the same call again until it is stored.</summary>
    public Task CollectsInTheEndAsync(params IEnumerable<object> calls) => EventuallyAsync("a call is stored", () => CollectsAsync(calls));

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path, "read", null);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? key, object? body)
    {
        using var request = new HttpRequestMessage(method, path);
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", keys.GetProperty(key).GetString());
        if (body is HttpContent content)
            request.Content = content;
        else if (body is not null)
            request.Content = JsonContent.Create(body);
        return await http.SendAsync(request);
    }

    /// <summary>What a door's <c>/health</c> answers: its status and its words; null while nobody answers.</summary>
    public async Task<(int Status, string Says)?> HealthAsync(Uri door)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(door, "/health"));
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Mails in the outbox folder, oldest first. A file appears whole and never changes.</summary>
    public IReadOnlyList<MimeMessage> Mails() =>
        Directory.Exists(Path.Combine(Data, "outbox"))
            ?
            [
                .. Directory
                    .EnumerateFiles(Path.Combine(Data, "outbox"), "*.eml")
                    .Order(StringComparer.Ordinal)
                    .Select(path => mails.GetOrAdd(path, file => MimeMessage.Load(file))),
            ]
            : [];

    public async Task<MimeMessage> EventuallySendsAsync(string to, string subjectHas) =>
        await EventuallyAsync<MimeMessage>(
            $"a mail to {to} about '{subjectHas}'",
            () =>
                Task.FromResult(
                    Mails()
                        .FirstOrDefault(mail =>
                            IsTo(mail, to) && mail.Subject?.Contains(subjectHas, StringComparison.OrdinalIgnoreCase) == true
                        )
                )
        );

    /// <summary>Everybody who was welcomed, once for each mail.</summary>
    public IReadOnlyList<string> Welcomed(string beginsWith) =>
        [
            .. Mails()
                .Where(mail => mail.Subject?.Contains("welcome", StringComparison.OrdinalIgnoreCase) == true)
                .SelectMany(mail => mail.To.Mailboxes)
                .Select(mailbox => mailbox.Address)
                .Where(address => address.StartsWith(beginsWith, StringComparison.Ordinal)),
        ];

    public static bool IsTo(MimeMessage mail, string address) => mail.To.Mailboxes.Any(mailbox => mailbox.Address == address);

    /// <summary>The API key of a scope ("collect").</summary>
    public string KeyOf(string scope) => keys.GetProperty(scope).GetString()!;

    /// <summary>Searches every column of every table of a service's database.</summary>
    public async Task<IReadOnlyList<string>> FindTracesAsync(string database, IEnumerable<string> words) =>
        await TestInfrastructure.TraceSearch.FindAsync(await ConnectionStringAsync(database), words, TestContext.Current.CancellationToken);

    /// <summary>Asks a service's database directly: for what must be true inside and no API tells.</summary>
    public async Task<T> AskAsync<T>(string database, string sql)
    {
        var address = new NpgsqlConnectionStringBuilder(await ConnectionStringAsync(database)) { Pooling = false };
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        return (await connection.QuerySingleAsync<T>(sql))!;
    }

    /// <summary>Waits until a question has its answer, and says the last answer where it never has.</summary>
    public async Task EventuallyTellsAsync<T>(string database, string sql, T expected)
    {
        T? last = default;
        try
        {
            await EventuallyAsync(sql, async () => Equals(last = await AskAsync<T>(database, sql), expected));
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException(
                $"{late.Message} in {database}: expected {expected}, is {last}. The platform said last:\n{LastWords()}"
            );
        }
    }

    /// <summary>Waits until there is an answer; the platform is another process, so it is asked again and again.</summary>
    public static async Task<T> EventuallyAsync<T>(string what, Func<Task<T?>> ask)
        where T : class
    {
        T? answer = null;
        await EventuallyAsync(what, async () => (answer = await ask()) is not null);
        return answer!;
    }

    public static async Task EventuallyAsync(string what, Func<Task<bool>> isTrue)
    {
        var watch = Stopwatch.StartNew();
        while (!await isTrue())
        {
            if (watch.Elapsed > Patience)
                throw new TimeoutException($"Still not true after {Patience}: {what}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private string LastWords() => string.Join('\n', Up.Printed.Split('\n').TakeLast(30).Select(line => line[..Math.Min(line.Length, 300)]));

    protected abstract Task<string> ConnectionStringAsync(string database);
}
