using System.Globalization;
using MarketingPlatform.LocalServers.Postgres;
using MarketingPlatform.LocalServers.Processes;

namespace MarketingPlatform.LocalServers;

/// <summary>A private PostgreSQL on loopback, run from the binaries of the machine.</summary>
/// <remarks>
/// The data survives this object and this process. A server that an unclean stop left running is adopted by the next
/// <see cref="StartAsync"/> of its folder; one that no longer answers is ended first. One process at a time may use a folder.
/// </remarks>
public sealed class LocalPostgres : IAsyncDisposable
{
    private const int Attempts = 3;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private readonly string _user;
    private readonly string? _password;
    private readonly ServerProcess? _process;
    private Guardian? _guardian;
    private bool _stopped;

    private LocalPostgres(PostgresFolder folder, PostmasterFile file, string user, string? password, ServerProcess? process, bool throwAway)
    {
        Folder = folder.Path;
        DataDirectory = folder.Cluster;
        Port = file.Port;
        ProcessId = file.ProcessId;
        _user = user;
        _password = password;
        _process = process;
        IsThrowAway = throwAway;
        if (throwAway)
        {
            _guardian = Guardian.Watch(folder.Path, file.ProcessId);
            AppDomain.CurrentDomain.ProcessExit += EndWithProcess;
        }
    }

    /// <summary>The folder in use, which may be another than the one asked for.</summary>
    public string Folder { get; }

    /// <summary>The cluster's data directory.</summary>
    public string DataDirectory { get; }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The server's first process; the others are its children.</summary>
    public int ProcessId { get; }

    /// <summary>Whether the server ran already, left behind by an unclean stop.</summary>
    public bool Adopted => _process is null;

    /// <summary>Whether stopping deletes the data.</summary>
    public bool IsThrowAway { get; }

    /// <summary>Starts or adopts the server of a folder; a new folder gets a new cluster with a password of its own.</summary>
    /// <exception cref="LocalServerException">It cannot be started; the message says what to do.</exception>
    public static async Task<LocalPostgres> StartAsync(LocalPostgresOptions options, CancellationToken ct = default)
    {
        // Before the folder, because installing PostgreSQL makes the user to whom the folder belongs.
        await PostgresBinaries.FindAsync(null, options.SearchPath, options.AllowInstall, options.Say, ct);
        var folder = await PostgresFolder.PrepareAsync(options.Folder, options.Say, ct);
        var postmaster = new Postmaster(folder);
        if (await postmaster.RunningAsync(ct) is { } running)
        {
            options.Say($"PostgreSQL was left running on port {running.Port}: using it.");
            return new LocalPostgres(folder, running, PostgresCluster.Owner, await PasswordAsync(folder, ct), null, throwAway: false);
        }

        await postmaster.EndAsync();
        var binaries = await PostgresBinaries.FindAsync(folder.Version, options.SearchPath, options.AllowInstall, options.Say, ct);
        if (folder.Version is null)
        {
            await PostgresCluster.MakeAsync(binaries, folder, ct);
        }

        var password = await PasswordAsync(folder, ct);
        var settings = PostgresCluster.Settings(options.MaxConnections, durable: true);
        var (process, file) = await StartServerAsync(binaries, folder, options.Port, settings, ct);
        return new LocalPostgres(folder, file, PostgresCluster.Owner, password, process, throwAway: false);
    }

    /// <summary>
    /// Starts an empty server for tests, ready in about a second: no password, nothing forced to disk unless told otherwise. It is ended
    /// and its data deleted when it is disposed of, and also when this process ends in any other way.
    /// </summary>
    /// <param name="durable">Forces commits to disk, for measurements that must be true of a real server.</param>
    /// <exception cref="LocalServerException">It cannot be started; the message says what to do.</exception>
    public static async Task<LocalPostgres> StartThrowAwayAsync(
        Action<string>? say = null,
        bool allowInstall = true,
        bool durable = false,
        CancellationToken ct = default
    )
    {
        say ??= static _ => { };
        var binaries = await PostgresBinaries.FindAsync(null, null, allowInstall, say, ct);
        var place = Path.Combine(Path.GetTempPath(), $"marketing-postgres-{Guid.CreateVersion7():N}");
        var folder = await PostgresFolder.PrepareAsync(place, static _ => { }, ct);
        if (folder.Path != place)
        {
            Directory.Delete(place, recursive: true);
        }

        try
        {
            await PostgresCluster.MakeThrowAwayAsync(binaries, folder, ct);
            var (process, file) = await StartServerAsync(binaries, folder, null, PostgresCluster.Settings(300, durable), ct);
            return new LocalPostgres(folder, file, PostgresCluster.Owner, null, process, throwAway: true);
        }
        catch
        {
            Directory.Delete(folder.Path, recursive: true);
            throw;
        }
    }

    /// <summary>The connection string of a database on this server, for Npgsql.</summary>
    public string ConnectionString(string database = "postgres") =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Database={database};Username={_user}")
        + (_password is null ? "" : $";Password={_password}");

    /// <summary>Ends the server: politely, after two seconds at once. It is gone within three.</summary>
    public async Task StopAsync()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        await Postmaster.StopAsync(ProcessId, IsThrowAway ? Signal.Quit : Signal.Interrupt);
        _process?.Dispose();
        if (IsThrowAway)
        {
            AppDomain.CurrentDomain.ProcessExit -= EndWithProcess;
            Directory.Delete(Folder, recursive: true);
            _guardian?.Dispose();
            _guardian = null;
        }
    }

    /// <summary><see cref="StopAsync"/>.</summary>
    public async ValueTask DisposeAsync() => await StopAsync();

    /// <summary>Forgets the server and lets it run, as a killed process would: for tests of adoption.</summary>
    internal void Abandon()
    {
        _stopped = true;
        _process?.Dispose();
    }

    // The end of a process is no place for await.
    private void EndWithProcess(object? sender, EventArgs e) => StopAsync().GetAwaiter().GetResult();

    private static async Task<string> PasswordAsync(PostgresFolder folder, CancellationToken ct) =>
        File.Exists(folder.PasswordFile)
            ? (await File.ReadAllTextAsync(folder.PasswordFile, ct)).Trim()
            : throw new LocalServerException(
                $"The password of the database in {folder.Path} is missing: put the file {folder.PasswordFile} back, "
                    + $"or delete {folder.Path} to begin with an empty database."
            );

    private static async Task<(ServerProcess Process, PostmasterFile File)> StartServerAsync(
        PostgresBinaries binaries,
        PostgresFolder folder,
        int? asked,
        IEnumerable<string> settings,
        CancellationToken ct
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = asked ?? FreePort.Next();
            string[] command =
            [
                binaries.Program("postgres"),
                "-D",
                folder.Cluster,
                "-p",
                port.ToString(CultureInfo.InvariantCulture),
                .. settings.SelectMany(setting => (string[])["-c", setting]),
            ];
            var process = ServerProcess.Start(folder.As(command));
            try
            {
                return (process, await ReadyAsync(process, folder, ct));
            }
            catch (LocalServerException) when (asked is null && attempt < Attempts && !FreePort.IsFree(port))
            {
                // Somebody took the port in between: take another.
                process.Dispose();
            }
            catch
            {
                await Postmaster.StopAsync(process.Id, Signal.Quit);
                process.Dispose();
                throw;
            }
        }
    }

    private static async Task<PostmasterFile> ReadyAsync(ServerProcess process, PostgresFolder folder, CancellationToken ct)
    {
        while (!process.HasEnded)
        {
            if (PostmasterFile.Read(folder.Cluster) is { IsReady: true } file && file.ProcessId == process.Id)
            {
                return file;
            }

            await Task.Delay(Glance, ct);
        }

        throw new LocalServerException($"PostgreSQL ended while it was starting (data in {folder.Cluster}):\n{process.Output}");
    }
}
