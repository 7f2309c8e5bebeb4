namespace MarketingPlatform.Architecture.Tests.Rules;

/// <summary>One path, one service: so that Standalone and the Gateway can offer the same ones.</summary>
internal static class Prefixes
{
    public static IEnumerable<string> Shared(IReadOnlyDictionary<string, IReadOnlyList<string>> byService) =>
        byService
            .SelectMany(service => service.Value.Select(prefix => (Prefix: Normal(prefix), Service: service.Key)))
            .GroupBy(entry => entry.Prefix)
            .Where(group => group.Count() > 1)
            .Select(group => $"{group.Key} belongs to {string.Join(" and ", group.Select(entry => entry.Service))}");

    /// <returns>Routes of a service that lead to another one, or to none.</returns>
    public static IEnumerable<string> Strangers(
        string service,
        IEnumerable<string> routes,
        IReadOnlyDictionary<string, IReadOnlyList<string>> byService
    ) =>
        routes
            .Select(Normal)
            .Where(route => OwnerOf(route, byService) != service)
            .Select(route => $"{route} of {service} leads to {OwnerOf(route, byService) ?? "nobody"}: see Contracts/Routes.cs");

    private static string? OwnerOf(string route, IReadOnlyDictionary<string, IReadOnlyList<string>> byService) =>
        byService
            .SelectMany(service => service.Value.Select(prefix => (Prefix: Normal(prefix), Service: service.Key)))
            .Where(entry => IsBelow(route, entry.Prefix))
            .OrderByDescending(entry => entry.Prefix.Length)
            .Select(entry => entry.Service)
            .FirstOrDefault();

    private static bool IsBelow(string route, string prefix) =>
        route == prefix || route.StartsWith(prefix + "/", StringComparison.OrdinalIgnoreCase);

    private static string Normal(string path) => "/" + path.Trim('/').ToLowerInvariant();
}
