using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace MarketingPlatform.LocalServers;

/// <summary>Free TCP ports on loopback.</summary>
/// <remarks>
/// Ports are taken below the range from which systems hand out ports for outgoing connections, so that a server which is
/// stopped for a moment (a restart) finds its port free again. A port is given once a process.
/// </remarks>
public static class FreePort
{
    private const int First = 15_000;
    private const int Last = 29_999;
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>A port on which nothing listens now, on any address.</summary>
    public static int Next()
    {
        for (var attempt = 0; attempt < 1_000; attempt++)
        {
            var port = RandomNumberGenerator.GetInt32(First, Last + 1);
            if (IsFree(port) && Given.TryAdd(port, true))
            {
                return port;
            }
        }

        throw new LocalServerException($"No free TCP port between {First} and {Last}. End some of the servers on this machine.");
    }

    /// <summary>Whether a server could listen on the port of every address now.</summary>
    public static bool IsFree(int port)
    {
        try
        {
            using var any = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            any.Bind(new IPEndPoint(IPAddress.Any, port));
            any.Listen();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
