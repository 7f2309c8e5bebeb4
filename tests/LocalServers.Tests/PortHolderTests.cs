using System.Net;
using System.Net.Sockets;
using Xunit;

namespace MarketingPlatform.LocalServers.Tests;

public sealed class PortHolderTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void The_holder_of_a_port_is_named_with_its_process(string address)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells who holds a port.");
        using var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var holder = PortHolder.Find(port);

        Assert.NotNull(holder);
        Assert.Equal(Environment.ProcessId, holder.ProcessId);
        Assert.Contains("LocalServers.Tests", holder.Command, StringComparison.Ordinal);
        Assert.StartsWith($"process {Environment.ProcessId} (", PortHolder.Describe(port), StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_is_blamed_for_a_free_port() => Assert.Null(PortHolder.Describe(FreePort.Next()));

    [Fact]
    public void A_port_that_somebody_holds_is_not_free()
    {
        var port = FreePort.Next();
        Assert.True(FreePort.IsFree(port));
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();

        Assert.False(FreePort.IsFree(port));
    }

    [Fact]
    public void No_port_is_given_twice()
    {
        var ports = Enumerable.Range(0, 50).Select(_ => FreePort.Next()).ToList();

        Assert.Equal(ports.Count, ports.Distinct().Count());
    }
}
