using System.Text;
using MarketingPlatform.LocalServers.Processes;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Xunit;

namespace MarketingPlatform.LocalServers.Tests.RabbitMq;

public sealed class LocalRabbitMqTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // One story, because a node takes six seconds to start.
    [Fact]
    public async Task A_node_carries_messages_keeps_them_over_a_restart_on_the_same_port_and_leaves_nothing_behind()
    {
        var node = await LocalRabbitMq.StartThrowAwayAsync(ct: Ct);
        await using var ended = node;
        var host = await node.Control.AddVirtualHostAsync("shop a", Ct);
        Assert.Equal("/shop%20a", host.AbsolutePath);
        await PublishAsync(host, "before the restart");
        var (port, firstProcess) = (node.Port, node.ProcessId);

        await node.StopAsync();
        Assert.False(ProcessTable.IsAlive(firstProcess));
        await node.StartAgainAsync(Ct);

        Assert.Equal(port, node.Port);
        Assert.Equal("before the restart", await ConsumeAsync(host));

        // Another process administers the node through its folder.
        var control = await RabbitMqControl.OpenAsync(node.Folder, Ct);
        var other = await control.AddVirtualHostAsync("other", Ct);
        await PublishAsync(other, "elsewhere");
        Assert.Equal("elsewhere", await ConsumeAsync(other));

        int[] processes = OperatingSystem.IsLinux()
            ? [.. ProcessTable.Trees([node.ProcessId, node.NameServerProcessId])]
            : [node.ProcessId, node.NameServerProcessId];
        Assert.True(processes.Length >= 2);
        await node.DisposeAsync();
        Assert.DoesNotContain(processes, ProcessTable.IsAlive);
        Assert.False(Directory.Exists(node.Folder));
    }

    /// <summary>As patient as the machine may be busy.</summary>
    private static Task<IConnection> ConnectAsync(Uri host) =>
        new ConnectionFactory
        {
            Uri = host,
            RequestedConnectionTimeout = TimeSpan.FromMinutes(1),
            HandshakeContinuationTimeout = TimeSpan.FromMinutes(1),
            ContinuationTimeout = TimeSpan.FromMinutes(1),
        }.CreateConnectionAsync(Ct);

    private static async Task PublishAsync(Uri host, string text)
    {
        await using var connection = await ConnectAsync(host);
        var confirms = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);
        await using var channel = await connection.CreateChannelAsync(confirms, Ct);
        await channel.QueueDeclareAsync(
            "q",
            true,
            false,
            false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum" },
            cancellationToken: Ct
        );
        await channel.BasicPublishAsync("", "q", true, new BasicProperties { Persistent = true }, Encoding.UTF8.GetBytes(text), Ct);
    }

    private static async Task<string> ConsumeAsync(Uri host)
    {
        await using var connection = await ConnectAsync(host);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Ct);
        var received = new TaskCompletionSource<string>();
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, message) =>
        {
            received.TrySetResult(Encoding.UTF8.GetString(message.Body.Span));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync("q", autoAck: true, consumer, Ct);
        return await received.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);
    }
}
