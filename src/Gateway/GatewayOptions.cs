namespace MarketingPlatform.Gateway;

/// <summary>Bound from the section <c>Gateway</c>.</summary>
internal sealed class GatewayOptions
{
    public const string Section = "Gateway";

    /// <value>
    /// Keys that must work from the first start, by scope (<c>Gateway:SeedKeys:admin</c>); made by the launcher or given as secrets. A
    /// changed value replaces the key before it. Default none.
    /// </value>
    public Dictionary<string, string> SeedKeys { get; init; } = [];

    /// <value>Whether the Gateway hands calls on to the services. Default true; false where all services live in its process.</value>
    public bool RouteToServices { get; init; } = true;
}
