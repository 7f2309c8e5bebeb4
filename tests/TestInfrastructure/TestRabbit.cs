using System.Collections.Concurrent;

namespace MarketingPlatform.TestInfrastructure;

/// <summary>Fresh virtual hosts for tests: one server a run, a virtual host a class.</summary>
public static class TestRabbit
{
    private static readonly Lazy<Task<RabbitServer>> Server = new(StartAsync);
    private static readonly ConcurrentBag<string> Created = [];

    /// <summary>
    /// Makes an empty virtual host; may be called by many at once. A server that outlives the tests loses it when the process ends.
    /// </summary>
    /// <param name="hint">Part of the host's name, so that a person finds it: <c>email</c>.</param>
    /// <returns>The AMQP address of the new virtual host.</returns>
    public static async Task<string> CreateVirtualHostAsync(string hint)
    {
        var server = await Server.Value;
        var name = UniqueName.From(hint);
        var address = await server.AddVirtualHostAsync(name);
        Created.Add(name);
        return address.AbsoluteUri;
    }

    private static async Task<RabbitServer> StartAsync()
    {
        var server = await RabbitServer.FindAsync(Console.Error.WriteLine);
        if (server.OutlivesTests)
        {
            // The end of a process is no place for await.
            AppDomain.CurrentDomain.ProcessExit += (_, _) => DeleteAsync(server).GetAwaiter().GetResult();
        }

        return server;
    }

    private static async Task DeleteAsync(RabbitServer server)
    {
        foreach (var name in Created)
        {
            await server.DeleteVirtualHostAsync(name);
        }
    }
}
