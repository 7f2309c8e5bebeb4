using System.Net.Sockets;
using RabbitMQ.Client;

namespace MarketingPlatform.Platform.Messaging;

/// <summary>
/// A connection to the broker that survives its end. RabbitMQ.Client 7.2 writes through a queue of 128 frames; when a write fails, the queue
/// is read no more and whoever writes next waits for ever, with the lock that everybody needs who would have to notice the broken connection:
/// publishers and acknowledgements hang even after the broker is back (rabbitmq-dotnet-client issue 1930). So a write to a peer that is gone
/// does not fail here, it goes nowhere; that the connection is broken is found out by the reader, and unconfirmed messages are sent again.
/// </summary>
internal sealed class BrokerSocket(Socket socket) : TcpClientAdapter(socket)
{
    public static ITcpClient Create(AddressFamily family) =>
        new BrokerSocket(new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });

    public override NetworkStream GetStream() => new ForgivingStream(Client!);

    private sealed class ForgivingStream(Socket socket) : NetworkStream(socket)
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                await base.WriteAsync(buffer, cancellationToken);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The reader meets the same end and closes the connection.
            }
        }
    }
}
