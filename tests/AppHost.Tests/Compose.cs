using System.Text.RegularExpressions;
using MarketingPlatform.TestInfrastructure;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace MarketingPlatform.AppHost.Tests;

/// <summary>A container of a compose file, merges resolved.</summary>
internal sealed record Container(
    string Name,
    string Image,
    IReadOnlyDictionary<string, string> Environment,
    string HealthCheck,
    IReadOnlyCollection<string> DependsOn,
    IReadOnlyCollection<string> Ports
);

/// <summary>What a compose file starts, and what would keep it from working.</summary>
internal sealed partial record Compose(string Text, IReadOnlyList<Container> Containers)
{
    private const string Prefix = "marketing-platform/";

    public static Compose Parse(string text)
    {
        var parser = new MergingParser(new Parser(new StringReader(text)));
        var root = new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(parser);
        var services = (Dictionary<object, object>)root["services"];
        return new Compose(text, [.. services.Select(entry => Read((string)entry.Key, (Dictionary<object, object>)entry.Value))]);
    }

    /// <returns>Services that are no container, or lack what their source says they need.</returns>
    public IEnumerable<string> Unserved(IReadOnlyList<ServiceSource> services)
    {
        foreach (var service in services)
        {
            if (Containers.SingleOrDefault(container => container.Name == service.Name) is not { } container)
            {
                yield return $"{service.Folder} is no container: add a service '{service.Name}'";
                continue;
            }
            if (!container.Image.StartsWith($"{Prefix}{service.Folder.ToLowerInvariant()}:", StringComparison.Ordinal))
                yield return $"{service.Name} runs {container.Image}";
            var called = service.Name == "gateway" ? services.Select(other => other.Name) : service.Calls.Append("gateway");
            var needed = service
                .Connections.Append("rabbitmq")
                .Select(name => "ConnectionStrings__" + name)
                .Append("Services__Key")
                .Concat(called.Where(name => name != service.Name).Distinct().Select(name => $"services__{name}__http__0"));
            foreach (var name in needed.Where(name => !container.Environment.ContainsKey(name)))
                yield return $"{service.Name} is not given {name}";
            if (!container.HealthCheck.Contains("GET /health ", StringComparison.Ordinal))
                yield return $"{service.Name} is not probed at /health";
        }
    }

    /// <returns>Images of ours that no service of the source makes.</returns>
    public IEnumerable<string> Strangers(IReadOnlyCollection<string> services) =>
        Containers
            .Where(container => container.Image.StartsWith(Prefix, StringComparison.Ordinal) && !services.Contains(container.Name))
            .Select(container => $"{container.Name} is no service of src");

    /// <returns>Addresses of containers, and names in depends_on, that lead nowhere.</returns>
    public IEnumerable<string> DeadEnds()
    {
        var names = Containers.Select(container => container.Name).ToHashSet();
        foreach (var container in Containers)
        {
            foreach (var other in container.DependsOn.Where(other => !names.Contains(other)))
                yield return $"{container.Name} depends on {other}, which is not there";
            foreach (var (name, value) in container.Environment)
                if (Address().Match(value) is { Success: true } address && !names.Contains(address.Groups["host"].Value))
                    yield return $"{container.Name}: {name} leads to {address.Groups["host"].Value}, which is not there";
        }
    }

    /// <returns>Databases that two containers share.</returns>
    public IEnumerable<string> SharedDatabases() =>
        from container in Containers
        from value in container.Environment.Values
        let database = Database().Match(value)
        where database.Success
        group container.Name by database.Groups["name"].Value into users
        where users.Distinct().Count() > 1
        select $"{users.Key} is used by {string.Join(" and ", users)}";

    /// <returns>Variables without a default that the example of the environment file does not have.</returns>
    public IEnumerable<string> Unexplained(string example) =>
        Variable()
            .Matches(Text)
            .Where(variable => !variable.Groups["default"].Success)
            .Select(variable => variable.Groups["name"].Value)
            .Distinct()
            .Except(example.Split('\n').Where(line => !line.StartsWith('#')).Select(line => line.Split('=')[0]))
            .Select(name => $"{name} is not in .env.example");

    /// <returns>Secrets that are written down, images that are not pinned, ports that the whole network sees.</returns>
    public IEnumerable<string> Careless()
    {
        foreach (var container in Containers)
        {
            if (!container.Image.Contains(':', StringComparison.Ordinal) || container.Image.EndsWith(":latest", StringComparison.Ordinal))
                yield return $"{container.Name}: {container.Image} is not pinned";
            foreach (var port in container.Ports.Where(port => !Loopback().IsMatch(port)))
                yield return $"{container.Name}: port {port} is open to the network";
            foreach (var (name, value) in container.Environment)
                if (Secret().IsMatch(name) && value.Length > 0 && !value.Contains("${", StringComparison.Ordinal))
                    yield return $"{container.Name}: {name} is written down";
        }
    }

    private static Container Read(string name, Dictionary<object, object> service)
    {
        var environment = service.GetValueOrDefault("environment") as Dictionary<object, object> ?? [];
        var dependsOn = service.GetValueOrDefault("depends_on") as Dictionary<object, object> ?? [];
        var check = service.GetValueOrDefault("healthcheck") as Dictionary<object, object> ?? [];
        return new Container(
            name,
            (string)service["image"],
            environment.ToDictionary(entry => (string)entry.Key, entry => entry.Value as string ?? ""),
            check.GetValueOrDefault("test") is List<object> test ? string.Join(' ', test) : "",
            [.. dependsOn.Keys.Cast<string>()],
            [.. (service.GetValueOrDefault("ports") as List<object> ?? []).Cast<string>()]
        );
    }

    [GeneratedRegex(@"^(http://|amqp://[^@]*@)(?<host>[a-z][a-z-]*):|^Host=(?<host>[a-z-]+);")]
    private static partial Regex Address();

    [GeneratedRegex("Host=.*Database=(?<name>[^;]+)")]
    private static partial Regex Database();

    [GeneratedRegex(@"\$\{(?<name>\w+)(?<default>:-[^}]*)?(:\?[^}]*)?\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^(127\.0\.0\.1:|\$\{\w+:-127\.0\.0\.1:)")]
    private static partial Regex Loopback();

    [GeneratedRegex("PASS|PASSWORD|TOKEN|KEY", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();
}
