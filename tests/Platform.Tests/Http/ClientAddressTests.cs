using System.Net;
using MarketingPlatform.Platform.Http;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace MarketingPlatform.Platform.Tests.Http;

public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("10.0.0.2", "203.0.113.9", "203.0.113.9")]
    // Whoever comes to us through a proxy may have written the entries before the proxy's own.
    [InlineData("::ffff:172.20.0.3", "198.51.100.1, 203.0.113.9", "203.0.113.9")]
    [InlineData("127.0.0.1", "not an address", "127.0.0.1")]
    [InlineData("192.168.1.5", null, "192.168.1.5")]
    // A stranger tells nothing of where he comes from.
    [InlineData("198.51.100.7", "203.0.113.9", "198.51.100.7")]
    [InlineData(null, "203.0.113.9", null)]
    public void A_proxy_of_our_own_network_is_believed_and_nobody_else(string? peer, string? forwarded, string? address)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = peer is null ? null : IPAddress.Parse(peer);
        if (forwarded is not null)
            context.Request.Headers["X-Forwarded-For"] = forwarded;
        Assert.Equal(address, ClientAddress.Of(context));
    }
}
