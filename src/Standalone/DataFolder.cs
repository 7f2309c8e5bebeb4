using System.Text.Json;

namespace MarketingPlatform.Standalone;

/// <summary>The folder of one platform on this machine: keys, mails, the private database. One platform at a time uses it.</summary>
public sealed class DataFolder : IDisposable
{
    private static readonly JsonSerializerOptions Layout = new(JsonSerializerDefaults.Web);

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

    /// <summary>Says which processes run, for those who measure or find them. The file appears whole or not at all.</summary>
    /// <param name="services">Those that run as processes of their own, by name.</param>
    public void WriteRunFile(int? postgresPid, IReadOnlyDictionary<string, RunningService>? services = null)
    {
        var draft = RunFile + ".new";
        File.WriteAllText(draft, JsonSerializer.Serialize(new RunningPlatform(Environment.ProcessId, postgresPid, services), Layout));
        File.Move(draft, RunFile, overwrite: true);
    }

    /// <returns>What ran when the platform of this folder was last killed; null where it was stopped, or never ran.</returns>
    public RunningPlatform? ReadLeftRunFile()
    {
        try
        {
            return File.Exists(RunFile) ? JsonSerializer.Deserialize<RunningPlatform>(File.ReadAllText(RunFile), Layout) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        File.Delete(RunFile);
        inUse.Dispose();
    }
}

/// <summary>The processes of a platform, as <c>DATA/standalone.json</c> tells them.</summary>
/// <param name="Pid">The launcher.</param>
/// <param name="PostgresPid">The private database server; null where databases are given.</param>
/// <param name="Services">Services that are processes of their own; null where one process holds all.</param>
public sealed record RunningPlatform(int Pid, int? PostgresPid, IReadOnlyDictionary<string, RunningService>? Services);

/// <param name="Program">The file that the process runs.</param>
public sealed record RunningService(int Pid, Uri Address, string Program);

/// <summary>The platform cannot start; the message says what to do.</summary>
public sealed class StandaloneException(string message) : Exception(message);
