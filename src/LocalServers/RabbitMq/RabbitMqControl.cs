using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using MarketingPlatform.LocalServers.Processes;
using MarketingPlatform.LocalServers.RabbitMq;

namespace MarketingPlatform.LocalServers;

/// <summary>Administers a private node, from the process that started it or from another one.</summary>
public sealed class RabbitMqControl
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);
    private static readonly byte[] AmqpHeader = [(byte)'A', (byte)'M', (byte)'Q', (byte)'P', 0, 0, 9, 1];

    private readonly RabbitMqNode _node;

    internal RabbitMqControl(RabbitMqNode node) => _node = node;

    /// <summary>The node that runs in a folder, started by <see cref="LocalRabbitMq"/>.</summary>
    public static async Task<RabbitMqControl> OpenAsync(string folder, CancellationToken ct = default) =>
        new(await RabbitMqNode.ReadAsync(folder, ct) ?? throw new LocalServerException($"No RabbitMQ node was ever started in {folder}."));

    /// <summary>The address of a virtual host; of the default one when none is named.</summary>
    public Uri AmqpUri(string virtualHost = "/") =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"amqp://{Uri.EscapeDataString(_node.User)}:{Uri.EscapeDataString(_node.Password)}@127.0.0.1:{_node.AmqpPort}/{Uri.EscapeDataString(virtualHost)}"
            )
        );

    /// <summary>Makes virtual hosts in which the node's user may do everything. One call for many costs as much as one for one.</summary>
    public async Task AddVirtualHostsAsync(IEnumerable<string> names, CancellationToken ct = default)
    {
        var hosts = names.ToArray();
        var definitions = JsonSerializer.Serialize(
            new
            {
                vhosts = hosts.Select(name => new { name }),
                permissions = hosts.Select(vhost => new
                {
                    user = _node.User,
                    vhost,
                    configure = ".*",
                    write = ".*",
                    read = ".*",
                }),
            }
        );
        var file = Path.Combine(_node.Folder, $"definitions-{Guid.CreateVersion7():N}.json");
        await PrivateFile.WriteAsync(file, definitions, ct);
        try
        {
            await RunAsync(["import_definitions", "--format", "json", file], ct);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Makes a virtual host in which the node's user may do everything.</summary>
    /// <returns>Its address.</returns>
    public async Task<Uri> AddVirtualHostAsync(string name, CancellationToken ct = default)
    {
        await AddVirtualHostsAsync([name], ct);
        return AmqpUri(name);
    }

    /// <summary>Runs <c>rabbitmqctl</c> against the node.</summary>
    public Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken ct = default) =>
        Command.MustRunAsync([_node.Control, "--quiet", .. arguments], ct, _node.Environment);

    // What `rabbitmqctl wait` finds out with a second of work: listeners open last, when everything else has started.
    internal async Task AnswersAsync(Func<bool> hasEnded, CancellationToken ct)
    {
        while (!hasEnded())
        {
            try
            {
                using var client = new TcpClient(AddressFamily.InterNetwork);
                await client.ConnectAsync(IPAddress.Loopback, _node.AmqpPort, ct);
                await client.GetStream().WriteAsync(AmqpHeader, ct);
                var frame = new byte[1];
                if (await client.GetStream().ReadAsync(frame, ct) == 1 && frame[0] == 1)
                {
                    return;
                }
            }
            catch (Exception early) when (early is SocketException or IOException)
            {
                // Not listening yet.
            }

            await Task.Delay(Glance, ct);
        }
    }
}
