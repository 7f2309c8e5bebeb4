using System.Globalization;
using MarketingPlatform.LocalServers.Processes;
using MarketingPlatform.LocalServers.RabbitMq;

namespace MarketingPlatform.LocalServers;

/// <summary>A private RabbitMQ node on loopback, run from the binaries of the machine, with a name server (epmd) of its own.</summary>
public sealed class LocalRabbitMq : IAsyncDisposable
{
    private static readonly TimeSpan Polite = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Forced = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private readonly RabbitMqBinaries _binaries;
    private readonly RabbitMqNode _node;
    private ServerProcess? _nameServer;
    private ServerProcess? _server;
    private Guardian? _guardian;
    private bool _disposed;

    private LocalRabbitMq(RabbitMqBinaries binaries, RabbitMqNode node, bool throwAway)
    {
        _binaries = binaries;
        _node = node;
        IsThrowAway = throwAway;
        Control = new RabbitMqControl(node);
    }

    /// <summary>Virtual hosts and <c>rabbitmqctl</c>.</summary>
    public RabbitMqControl Control { get; }

    /// <summary>The node's folder, from which another process can <see cref="RabbitMqControl.OpenAsync"/>.</summary>
    public string Folder => _node.Folder;

    /// <summary>The AMQP port on 127.0.0.1, the same after a restart.</summary>
    public int Port => _node.AmqpPort;

    /// <summary>The Erlang machine in which the node runs; 0 while it is stopped.</summary>
    public int ProcessId { get; private set; }

    /// <summary>The node's own epmd; 0 while it is stopped.</summary>
    public int NameServerProcessId => _nameServer?.Id ?? 0;

    /// <summary>Whether disposing deletes the data.</summary>
    public bool IsThrowAway { get; }

    /// <summary>
    /// Starts the node of a folder; what an unclean stop left of it is ended first. The data of earlier runs is there again.
    /// </summary>
    /// <exception cref="LocalServerException">It cannot be started; the message says what to do.</exception>
    public static Task<LocalRabbitMq> StartAsync(LocalRabbitMqOptions options, CancellationToken ct = default) =>
        StartAsync(options, throwAway: false, ct);

    /// <summary>
    /// Starts an empty node for tests. It is ended and its data deleted when it is disposed of, and also when this process ends in any
    /// other way.
    /// </summary>
    /// <exception cref="LocalServerException">It cannot be started; the message says what to do.</exception>
    public static Task<LocalRabbitMq> StartThrowAwayAsync(
        Action<string>? say = null,
        bool allowInstall = true,
        CancellationToken ct = default
    ) =>
        StartAsync(
            new LocalRabbitMqOptions
            {
                Folder = Path.Combine(Path.GetTempPath(), $"marketing-rabbitmq-{Guid.CreateVersion7():N}"),
                AllowInstall = allowInstall,
                Say = say ?? (static _ => { }),
            },
            throwAway: true,
            ct
        );

    /// <summary>The address of a virtual host; of the default one when none is named.</summary>
    public Uri AmqpUri(string virtualHost = "/") => Control.AmqpUri(virtualHost);

    /// <summary>
    /// Stops the node and its name server; both are gone within four seconds. <see cref="StartAgainAsync"/> brings them back.
    /// </summary>
    public async Task StopAsync()
    {
        if (ProcessId != 0)
        {
            await EndAsync(ProcessId, IsThrowAway && _disposed ? Signal.Kill : Signal.Terminate);
        }

        if (_server is not null)
        {
            // The script that started the node ends after it.
            await EndAsync(_server.Id, Signal.Kill);
        }

        if (_nameServer is not null)
        {
            await EndAsync(_nameServer.Id, Signal.Kill);
        }

        ProcessId = 0;
        _server?.Dispose();
        _server = null;
        _nameServer?.Dispose();
        _nameServer = null;
        _guardian?.Dispose();
        _guardian = null;
    }

    /// <summary>Kills the node without a word, as a power cut would, and its name server with it.</summary>
    public async Task KillAsync()
    {
        await EndAsync(ProcessId, Signal.Kill);
        await StopAsync();
    }

    /// <summary>Starts the stopped node again on the same ports and data.</summary>
    public async Task StartAgainAsync(CancellationToken ct = default)
    {
        if (_server is not null)
        {
            throw new InvalidOperationException("The node runs already.");
        }

        File.Delete(_node.PidFile);
        _nameServer = ServerProcess.Start(
            [_binaries.NameServer, "-address", "127.0.0.1", "-port", _node.NameServerPort.ToString(CultureInfo.InvariantCulture)],
            _node.Environment
        );
        await File.WriteAllTextAsync(_node.NameServerPidFile, _nameServer.Id.ToString(CultureInfo.InvariantCulture), ct);
        _server = ServerProcess.Start([_binaries.Server], _node.Environment);
        try
        {
            ProcessId = await PidAsync(_server, ct);
            _guardian = IsThrowAway ? Guardian.Watch(Folder, ProcessId, _nameServer.Id) : null;
            await Control.AnswersAsync(() => _server.HasEnded, ct);
            if (_server.HasEnded)
            {
                throw Ended(_server);
            }
        }
        catch
        {
            await StopAsync();
            throw;
        }
    }

    /// <summary>Stops the node; a throw-away one takes its data along.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        AppDomain.CurrentDomain.ProcessExit -= EndWithProcess;
        await StopAsync();
        if (IsThrowAway)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private static async Task<LocalRabbitMq> StartAsync(LocalRabbitMqOptions options, bool throwAway, CancellationToken ct)
    {
        var binaries = await RabbitMqBinaries.FindAsync(options.SearchPath, options.AllowInstall, options.Say, ct);
        var folder = Path.GetFullPath(options.Folder);
        Directory.CreateDirectory(folder);
        var earlier = await RabbitMqNode.ReadAsync(folder, ct);
        if (earlier is not null)
        {
            await EndLeftoversAsync(earlier, options.Say);
        }

        var node = new RabbitMqNode(
            folder,
            binaries.Control,
            earlier?.User ?? options.User,
            earlier?.Password ?? options.Password,
            options.Port ?? FreePort.Next(),
            FreePort.Next(),
            FreePort.Next()
        );
        await node.WriteFilesAsync(ct);
        var server = new LocalRabbitMq(binaries, node, throwAway);
        try
        {
            await server.StartAgainAsync(ct);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        if (throwAway)
        {
            AppDomain.CurrentDomain.ProcessExit += server.EndWithProcess;
        }

        return server;
    }

    private static async Task EndLeftoversAsync(RabbitMqNode node, Action<string> say)
    {
        foreach (var (file, program) in new[] { (node.PidFile, "beam"), (node.NameServerPidFile, "epmd") })
        {
            // A number in a stale file may belong to a stranger by now.
            if (
                ReadPid(file) is { } id
                && ProcessTable.IsAlive(id)
                && ProcessTable.CommandLine(id)?.Contains(program, StringComparison.Ordinal) == true
                && (!OperatingSystem.IsLinux() || ProcessTable.Environment(id)?.Contains(node.Folder, StringComparison.Ordinal) == true)
            )
            {
                say($"Ending a RabbitMQ process that an unclean stop left behind ({program}, {id}).");
                await EndAsync(id, Signal.Terminate);
            }
        }
    }

    private static async Task EndAsync(int processId, Signal first)
    {
        Signals.Send(processId, first);
        if (!await Signals.GoneWithinAsync(processId, Polite))
        {
            Signals.Send(processId, Signal.Kill);
            await Signals.GoneWithinAsync(processId, Forced);
        }
    }

    // The node writes its number itself: the child is the script around it.
    private async Task<int> PidAsync(ServerProcess server, CancellationToken ct)
    {
        while (!server.HasEnded)
        {
            if (ReadPid(_node.PidFile) is { } id)
            {
                return id;
            }

            await Task.Delay(Glance, ct);
        }

        throw Ended(server);
    }

    private LocalServerException Ended(ServerProcess server) =>
        new($"RabbitMQ ended while it was starting (log in {Path.Combine(Folder, "log")}):\n{server.Output}");

    private static int? ReadPid(string file) =>
        File.Exists(file) && int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var id) ? id : null;

    // The end of a process is no place for await.
    private void EndWithProcess(object? sender, EventArgs e) => DisposeAsync().AsTask().GetAwaiter().GetResult();
}
