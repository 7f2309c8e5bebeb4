using DotNet.Testcontainers.Configurations;

namespace MarketingPlatform.TestInfrastructure;

internal static class DockerEngine
{
    private static readonly Lazy<bool> Asked = new(static () => TestcontainersSettings.OS?.DockerEndpointAuthConfig is not null);

    /// <summary>Whether a Docker engine answers: Testcontainers tries the places it knows, once.</summary>
    public static bool Answers => Asked.Value;
}
