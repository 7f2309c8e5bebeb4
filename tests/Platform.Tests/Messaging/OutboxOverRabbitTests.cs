using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Platform.Tests.Probe;
using MarketingPlatform.TestInfrastructure;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace MarketingPlatform.Platform.Tests.Messaging;

/// <summary>A virtual host of a real RabbitMQ.</summary>
public sealed class VirtualHost : IAsyncLifetime
{
    public string Address { get; private set; } = "";

    public async ValueTask InitializeAsync() => Address = await TestRabbit.CreateVirtualHostAsync("platform");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

public sealed class OutboxOverRabbitTests(VirtualHost rabbit) : IClassFixture<VirtualHost>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Instances_share_the_work_and_every_event_takes_effect_once()
    {
        var database = await TestPostgres.CreateDatabaseAsync("platform");
        var arrived = new ConcurrentDictionary<string, TaskCompletionSource>();
        // Each instance goes on when the other has something to do as well.
        Script ScriptOf(string host) =>
            new(host)
            {
                Before = (consumer, _, ct) =>
                {
                    if (consumer == "first")
                        ArrivalOf(host).TrySetResult();
                    return Task.WhenAll(ArrivalOf("one").Task, ArrivalOf("two").Task).WaitAsync(Patience, ct);
                },
            };
        TaskCompletionSource ArrivalOf(string host) =>
            arrived.GetOrAdd(host, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var one = await ProbeHost.StartAsync(database, rabbit.Address, ScriptOf("one"));
        await using var two = await ProbeHost.StartAsync(database, rabbit.Address, ScriptOf("two"));

        await one.PublishAsync([.. Enumerable.Range(0, 60).Select(i => new Noted($"{i}"))]);
        await one.UntilAsync("count(*) >= 120 from effects");

        Assert.Equal(120, await one.CountAsync("(select distinct consumer, note from effects) as e"));
        Assert.Equal(120, await one.CountAsync("effects"));
        Assert.Equal(2, await one.CountAsync("(select distinct host from effects where consumer = 'first') as e"));
        Assert.Equal(0, await one.CountAsync("platform.outbox"));
    }

    [Fact]
    public async Task Each_consumer_has_a_quorum_queue_named_by_service_and_event()
    {
        await using var host = await ProbeHost.StartAsync(rabbit: rabbit.Address);

        foreach (var queue in new[] { "probe-noted", "echo-noted" })
        {
            Assert.Null(await RefusalOfAsync(channel => channel.QueueDeclarePassiveAsync(queue, Ct)));
            // RabbitMQ refuses to declare a queue again as another kind than it is.
            Assert.Null(await RefusalOfAsync(channel => DeclareAsync(channel, queue, "quorum")));
            Assert.Equal(406, await RefusalOfAsync(channel => DeclareAsync(channel, queue, "classic")));
        }
    }

    [Fact]
    public async Task A_consumer_works_in_the_trace_of_the_request_that_caused_it()
    {
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        var handled = new TaskCompletionSource<(string? TraceParent, Activity? Activity)>(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        var script = new Script
        {
            Before = (_, messages, _) =>
            {
                handled.TrySetResult((messages[0].TraceParent, Activity.Current));
                return Task.CompletedTask;
            },
        };
        await using var host = await ProbeHost.StartAsync(rabbit: rabbit.Address, script: script);

        using var request = new HttpRequestMessage(HttpMethod.Post, "/notes") { Content = JsonContent.Create(new { text = "traced" }) };
        request.Headers.Authorization = new("Bearer", host.TokenFor(Scope.Write));
        using var caller = new Activity("caller");
        caller.SetParentId($"00-{trace}-b7ad6b7169203331-01").Start();
        using (var answer = await host.Http.SendAsync(request, Ct))
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);

        var (traceParent, activity) = await handled.Task.WaitAsync(Patience, Ct);
        Assert.StartsWith($"00-{trace}-", traceParent, StringComparison.Ordinal);
        Assert.Contains(activity!.OperationName, (string[])["handle probe-noted", "handle echo-noted"]);
        Assert.Equal(trace, activity.TraceId.ToHexString());
        // Its parent is the span that published, which the header names.
        Assert.Equal(ActivityContext.Parse(traceParent!, null).SpanId, activity.ParentSpanId);
    }

    [Fact]
    public async Task An_event_that_cannot_be_published_stays_with_its_error_and_holds_nobody_up()
    {
        await using var host = await ProbeHost.StartAsync(rabbit: rabbit.Address);

        await Unpublishable.InsertAsync(host);
        await host.PublishAsync(new Noted("behind them"));
        await host.UntilAsync("count(*) = 2 from effects where note = 'behind them'");

        await Unpublishable.AssertKeptAsync(host);
    }

    [Fact]
    public async Task A_message_in_work_when_an_instance_stops_is_neither_thrown_away_nor_blamed()
    {
        var database = await TestPostgres.CreateDatabaseAsync("platform");
        var blocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var slow = new Script("stopped")
        {
            Before = (_, _, ct) =>
            {
                blocked.TrySetResult();
                return Task.Delay(Timeout.InfiniteTimeSpan, ct);
            },
        };
        await using (var stopping = await ProbeHost.StartAsync(database, rabbit.Address, slow))
        {
            await stopping.PublishAsync(new Noted("interrupted"));
            await blocked.Task.WaitAsync(Patience, Ct);
        }

        await using var next = await ProbeHost.StartAsync(database, rabbit.Address, new Script("next"));
        Assert.Equal(0, await next.CountAsync("platform.failed_messages"));
        // The broker keeps it unacknowledged until the connection of the stopped process is gone (here: of this process).
        Assert.Equal(404, await RefusalOfAsync(channel => channel.QueueDeclarePassiveAsync("probe-noted_error", Ct)));
        Assert.Equal(404, await RefusalOfAsync(channel => channel.QueueDeclarePassiveAsync("echo-noted_error", Ct)));
    }

    private static Task<QueueDeclareOk> DeclareAsync(IChannel channel, string queue, string kind) =>
        channel.QueueDeclareAsync(
            queue,
            durable: true,
            exclusive: false,
            autoDelete: false,
            arguments: new Dictionary<string, object?> { ["x-queue-type"] = kind },
            cancellationToken: Ct
        );

    /// <returns>The AMQP code of the broker's refusal, or null.</returns>
    private async Task<int?> RefusalOfAsync(Func<IChannel, Task> ask)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(rabbit.Address) }.CreateConnectionAsync(Ct);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Ct);
        try
        {
            await ask(channel);
            return null;
        }
        catch (OperationInterruptedException refused)
        {
            return refused.ShutdownReason!.ReplyCode;
        }
    }
}
