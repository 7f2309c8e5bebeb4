using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using MarketingPlatform.LocalServers;

namespace MarketingPlatform.TestInfrastructure;

/// <summary>Makes and deletes virtual hosts in the way that a server offers.</summary>
internal interface IVirtualHosts
{
    Task<Uri> AddAsync(string name, CancellationToken ct);

    Task DeleteAsync(string name, CancellationToken ct);
}

/// <summary>A private node of this machine.</summary>
internal sealed class VirtualHostsByControl(RabbitMqControl control) : IVirtualHosts
{
    public Task<Uri> AddAsync(string name, CancellationToken ct) => control.AddVirtualHostAsync(name, ct);

    public Task DeleteAsync(string name, CancellationToken ct) => control.RunAsync(["delete_vhost", name], ct);
}

/// <summary>A server with the management plug-in, as in Docker.</summary>
internal sealed class VirtualHostsOverHttp(Uri address, Uri management) : IVirtualHosts
{
    // One client for the life of the process: it is still needed while the process ends.
    private static readonly HttpClient Http = new(new SocketsHttpHandler());

    public async Task<Uri> AddAsync(string name, CancellationToken ct)
    {
        var user = address.UserInfo.Split(':')[0];
        await SendAsync(HttpMethod.Put, $"vhosts/{name}", new { }, ct);
        await SendAsync(
            HttpMethod.Put,
            $"permissions/{name}/{user}",
            new
            {
                configure = ".*",
                write = ".*",
                read = ".*",
            },
            ct
        );
        return new UriBuilder(address) { Path = "/" + name }.Uri;
    }

    public Task DeleteAsync(string name, CancellationToken ct) => SendAsync(HttpMethod.Delete, $"vhosts/{name}", null, ct);

    private async Task SendAsync(HttpMethod method, string path, object? body, CancellationToken ct)
    {
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(management.UserInfo)));
        using var request = new HttpRequestMessage(
            method,
            new UriBuilder(management.Scheme, management.Host, management.Port, "api/" + path).Uri
        )
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", credentials) },
            Content = body is null ? null : JsonContent.Create(body),
        };
        using var answer = await Http.SendAsync(request, ct);
        answer.EnsureSuccessStatusCode();
    }
}

/// <summary>A server of which nothing is known but its address: all classes share its virtual host.</summary>
internal sealed class TheGivenVirtualHost(Uri address) : IVirtualHosts
{
    public Task<Uri> AddAsync(string name, CancellationToken ct) => Task.FromResult(address);

    public Task DeleteAsync(string name, CancellationToken ct) => Task.CompletedTask;
}
