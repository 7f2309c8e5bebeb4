using MarketingPlatform.LocalServers;
using Testcontainers.RabbitMq;

namespace MarketingPlatform.TestInfrastructure;

/// <summary>The RabbitMQ that the tests use: named by the environment, else in Docker, else from the machine's binaries.</summary>
public sealed class RabbitServer : IAsyncDisposable
{
    private const int ManagementPort = 15672;

    private readonly IAsyncDisposable? _owned;
    private readonly IVirtualHosts _virtualHosts;

    private RabbitServer(
        Uri address,
        string description,
        IVirtualHosts virtualHosts,
        IReadOnlyDictionary<string, string> variables,
        IAsyncDisposable? owned
    )
    {
        Description = description;
        Variables = new Dictionary<string, string>(variables) { [TestVariables.RabbitMq] = address.AbsoluteUri };
        _virtualHosts = virtualHosts;
        _owned = owned;
    }

    /// <summary>For a person: what it is and where.</summary>
    public string Description { get; }

    /// <summary>Whether the server outlives the tests, which therefore must tidy up.</summary>
    public bool OutlivesTests => _owned is null && TestVariables.Read(TestVariables.ThrowAway) is null;

    /// <summary>What a test process needs to know to use this server.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; }

    /// <summary>Finds or starts the server.</summary>
    /// <exception cref="LocalServerException">There is none and none can be started; the message says what to do.</exception>
    public static async Task<RabbitServer> FindAsync(Action<string>? say = null, CancellationToken ct = default)
    {
        if (TestVariables.Read(TestVariables.RabbitMq) is { } given)
        {
            var address = new Uri(given);
            IVirtualHosts hosts = (
                TestVariables.Read(TestVariables.RabbitMqNode),
                TestVariables.Read(TestVariables.RabbitMqManagement)
            ) switch
            {
                ({ } folder, _) => new VirtualHostsByControl(await RabbitMqControl.OpenAsync(folder, ct)),
                (_, { } management) => new VirtualHostsOverHttp(address, new Uri(management)),
                _ => new TheGivenVirtualHost(address),
            };
            return new RabbitServer(
                address,
                $"RabbitMQ as given by {TestVariables.RabbitMq}",
                hosts,
                new Dictionary<string, string>(),
                null
            );
        }

        if (DockerEngine.Answers)
        {
            var container = new RabbitMqBuilder("rabbitmq:4-management-alpine")
                .WithPortBinding(ManagementPort, assignRandomHostPort: true)
                .Build();
            await container.StartAsync(ct);
            var address = new Uri(container.GetConnectionString());
            var management = new UriBuilder("http", container.Hostname, container.GetMappedPublicPort(ManagementPort))
            {
                UserName = address.UserInfo.Split(':')[0],
                Password = address.UserInfo.Split(':')[1],
            }.Uri;
            return new RabbitServer(
                address,
                "RabbitMQ in Docker",
                new VirtualHostsOverHttp(address, management),
                new Dictionary<string, string> { [TestVariables.RabbitMqManagement] = management.AbsoluteUri },
                container
            );
        }

        var local = await LocalRabbitMq.StartThrowAwayAsync(say, ct: ct);
        return new RabbitServer(
            local.AmqpUri(),
            $"RabbitMQ of this machine on port {local.Port}",
            new VirtualHostsByControl(local.Control),
            new Dictionary<string, string> { [TestVariables.RabbitMqNode] = local.Folder },
            local
        );
    }

    /// <summary>Makes a virtual host.</summary>
    /// <returns>Its address.</returns>
    public Task<Uri> AddVirtualHostAsync(string name, CancellationToken ct = default) => _virtualHosts.AddAsync(name, ct);

    internal Task DeleteVirtualHostAsync(string name, CancellationToken ct = default) => _virtualHosts.DeleteAsync(name, ct);

    /// <summary>Ends a server that was started here; one that was given stays.</summary>
    public ValueTask DisposeAsync() => _owned?.DisposeAsync() ?? ValueTask.CompletedTask;
}
