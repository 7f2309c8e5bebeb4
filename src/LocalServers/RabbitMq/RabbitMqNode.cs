using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using MarketingPlatform.LocalServers.Processes;

namespace MarketingPlatform.LocalServers.RabbitMq;

/// <summary>A private node: its ports and the environment that keeps it apart from any other node of the machine.</summary>
internal sealed record RabbitMqNode(
    string Folder,
    string Control,
    string User,
    string Password,
    int AmqpPort,
    int DistributionPort,
    int NameServerPort
)
{
    private const string FileName = "node.json";

    [JsonIgnore]
    public string PidFile => Path.Combine(Folder, "node.pid");

    [JsonIgnore]
    public string NameServerPidFile => Path.Combine(Folder, "epmd.pid");

    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Environment =>
        new Dictionary<string, string>
        {
            ["HOME"] = Folder,
            // The host part is fixed: a node's data is bound to its name, and machines change theirs.
            ["RABBITMQ_NODENAME"] = "marketing@localhost",
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODE_PORT"] = Text(AmqpPort),
            ["RABBITMQ_DIST_PORT"] = Text(DistributionPort),
            ["ERL_EPMD_PORT"] = Text(NameServerPort),
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(Folder, "data"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(Folder, "log"),
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(Folder, "rabbitmq.conf"),
            ["RABBITMQ_ADVANCED_CONFIG_FILE"] = Path.Combine(Folder, "advanced.config"),
            ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(Folder, "rabbitmq-env.conf"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(Folder, "enabled_plugins"),
            ["RABBITMQ_PID_FILE"] = PidFile,
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
            // Each call of rabbitmqctl is a node of its own that listens too: on loopback, at any port.
            ["RABBITMQ_CTL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
            ["RABBITMQ_CTL_DIST_PORT_MIN"] = "0",
            ["RABBITMQ_CTL_DIST_PORT_MAX"] = "0",
            ["LANG"] = "C.UTF-8",
            ["LC_ALL"] = "C.UTF-8",
        };

    public async Task WriteFilesAsync(CancellationToken ct)
    {
        await PrivateFile.WriteAsync(
            Path.Combine(Folder, "rabbitmq.conf"),
            // On a busy machine a handshake may take longer than the ten seconds of a server of its own.
            $"""
            handshake_timeout = 60000
            listeners.tcp.1 = 127.0.0.1:{AmqpPort}
            default_user = {User}
            default_pass = {Password}
            loopback_users.guest = true
            disk_free_limit.absolute = 100MB
            log.file.level = warning
            log.console = false

            """,
            ct
        );
        await File.WriteAllTextAsync(Path.Combine(Folder, "enabled_plugins"), "[].\n", ct);
        await File.WriteAllTextAsync(Path.Combine(Folder, "rabbitmq-env.conf"), "", ct);
        var cookie = Path.Combine(Folder, ".erlang.cookie");
        if (!File.Exists(cookie) && !OperatingSystem.IsWindows())
        {
            await PrivateFile.WriteAsync(cookie, PrivateFile.NewPassword(), ct);
            File.SetUnixFileMode(cookie, UnixFileMode.UserRead);
        }

        await PrivateFile.WriteAsync(Path.Combine(Folder, FileName), JsonSerializer.Serialize(this), ct);
    }

    /// <summary>The node that was last started in a folder; null when there was none.</summary>
    public static async Task<RabbitMqNode?> ReadAsync(string folder, CancellationToken ct) =>
        Path.Combine(folder, FileName) is var file && File.Exists(file)
            ? JsonSerializer.Deserialize<RabbitMqNode>(await File.ReadAllTextAsync(file, ct))
            : null;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
