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

/// <summary>A platform started by <c>marketing up</c> in a folder of its own; the folder outlives a kill.</summary>
public sealed class StandalonePlatform : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly HttpClient http;
    private RunningCommand? up;
    private JsonElement keys;

    public StandalonePlatform()
    {
        Port = FreePort.Next();
        Data = Directory.CreateTempSubdirectory("marketing-e2e-").FullName;
        http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(1) }) { BaseAddress = Door };
    }

    public int Port { get; }

    public string Data { get; }

    public Uri Door => new($"http://127.0.0.1:{Port}");

    internal RunningCommand Up => up!;

    public async ValueTask InitializeAsync() => await StartAsync();

    public async Task StartAsync()
    {
        up = Machine.Start("up", "--port", Port.ToString(CultureInfo.InvariantCulture), "--data", Data);
        await EventuallyAsync("the platform is healthy", IsHealthyAsync);
        await EventuallyAsync("the welcome is printed", () => Task.FromResult<object?>(up.Printed.Contains("is up", StringComparison.Ordinal) ? true : null));
        keys = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(Path.Combine(Data, "keys.json")));
    }

    /// <summary>kill -9: nothing is told, nothing is tidied.</summary>
    public async Task KillAsync()
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

    public async ValueTask DisposeAsync()
    {
        if (up is { Process.HasExited: false })
            await StopAsync();
        up?.Dispose();
        http.Dispose();
        Directory.Delete(Data, recursive: true);
    }

    /// <summary>Sends calls to the collect API; true once the platform said that they are stored.</summary>
    public async Task<bool> CollectsAsync(params object[] calls)
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

    /// <summary>Mails in the outbox folder, oldest first.</summary>
    public IReadOnlyList<MimeMessage> Mails() =>
        Directory.Exists(Path.Combine(Data, "outbox"))
            ? [.. Directory.EnumerateFiles(Path.Combine(Data, "outbox"), "*.eml").Order(StringComparer.Ordinal).Select(path => MimeMessage.Load(path))]
            : [];

    public async Task<MimeMessage> EventuallySendsAsync(string to, string subjectHas)
    {
        MimeMessage? found = null;
        await EventuallyAsync(
            $"a mail to {to} about '{subjectHas}'",
            () =>
            {
                found = Mails().FirstOrDefault(mail => IsTo(mail, to) && mail.Subject?.Contains(subjectHas, StringComparison.OrdinalIgnoreCase) == true);
                return Task.FromResult<object?>(found);
            }
        );
        return found!;
    }

    public static bool IsTo(MimeMessage mail, string address) => mail.To.Mailboxes.Any(mailbox => mailbox.Address == address);

    /// <summary>Asks a service's database directly: for what must be true inside and no API tells.</summary>
    public async Task<T> AskAsync<T>(string database, string sql)
    {
        var port = PortOfDatabase();
        var password = await File.ReadAllTextAsync(Directory.EnumerateFiles(Path.Combine(DatabaseFolder()), "password").Single());
        await using var connection = new NpgsqlConnection(
            $"Host=127.0.0.1;Port={port};Username=marketing;Password={password.Trim()};Database={database};Pooling=false"
        );
        return (await connection.QuerySingleAsync<T>(sql))!;
    }

    /// <summary>Waits until a condition holds; the platform is another process, so it is asked again and again.</summary>
    public static async Task<T> EventuallyAsync<T>(string what, Func<Task<T?>> ask)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (await ask() is { } answer)
                return answer;
            if (watch.Elapsed > Patience)
                throw new TimeoutException($"Still not true after {Patience}: {what}");
            await Task.Delay(100);
        }
    }

    private static async Task EventuallyAsync(string what, Func<Task<object?>> ask) => await EventuallyAsync<object>(what, ask);

    private async Task<object?> IsHealthyAsync()
    {
        if (up!.Process.HasExited)
            throw new InvalidOperationException("marketing up ended: " + up.Printed);
        try
        {
            using var answer = await http.GetAsync(new Uri("/health", UriKind.Relative));
            return answer.IsSuccessStatusCode ? true : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private string DatabaseFolder()
    {
        var line = up!.Printed.Split('\n').First(text => text.Contains("files in ", StringComparison.Ordinal));
        return line[(line.IndexOf("files in ", StringComparison.Ordinal) + "files in ".Length)..].Trim();
    }

    private int PortOfDatabase()
    {
        var line = up!.Printed.Split('\n').First(text => text.Contains("files in ", StringComparison.Ordinal));
        var after = line[(line.IndexOf("127.0.0.1:", StringComparison.Ordinal) + "127.0.0.1:".Length)..];
        return int.Parse(after[..after.IndexOf(',', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
    }
}
