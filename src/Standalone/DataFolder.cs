using System.Text.Json;

namespace MarketingPlatform.Standalone;

/// <summary>The folder of one platform on this machine: keys, mails, the private database. One platform at a time uses it.</summary>
public sealed class DataFolder : IDisposable
{
    private readonly FileStream inUse;

    private DataFolder(string path, FileStream inUse)
    {
        Path = path;
        this.inUse = inUse;
    }

    public string Path { get; }

    public string Keys => System.IO.Path.Combine(Path, "keys.json");

    public string Outbox => System.IO.Path.Combine(Path, "outbox");

    public string Postgres => System.IO.Path.Combine(Path, "postgres");

    public string RabbitMq => System.IO.Path.Combine(Path, "rabbitmq");

    private string RunFile => System.IO.Path.Combine(Path, "standalone.json");

    /// <exception cref="StandaloneException">Another platform uses the folder.</exception>
    public static DataFolder Open(string path)
    {
        var full = Directory.CreateDirectory(System.IO.Path.GetFullPath(path)).FullName;
        try
        {
            return new DataFolder(
                full,
                new FileStream(System.IO.Path.Combine(full, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)
            );
        }
        catch (IOException)
        {
            throw new StandaloneException($"Another './marketing up' uses {full}. End it, or choose another folder with --data.");
        }
    }

    /// <summary>Says which processes run, for those who measure them.</summary>
    public Task WriteRunFileAsync(int? postgresPid, CancellationToken ct) =>
        File.WriteAllTextAsync(RunFile, JsonSerializer.Serialize(new { pid = Environment.ProcessId, postgresPid }), ct);

    public void Dispose()
    {
        File.Delete(RunFile);
        inUse.Dispose();
    }
}

/// <summary>The platform cannot start; the message says what to do.</summary>
public sealed class StandaloneException(string message) : Exception(message);
