using System.Text.RegularExpressions;
using System.Xml.Linq;
using MarketingPlatform.TestInfrastructure;

namespace MarketingPlatform.AppHost.Tests;

/// <summary>The AppHost cannot be compiled everywhere, so what a compiler and a first start would find is looked for here.</summary>
internal static partial class ModelRules
{
    /// <returns>Services that are no resource, or lack what their source says they need.</returns>
    public static IEnumerable<string> Unserved(Model model, IReadOnlyList<ServiceSource> services)
    {
        foreach (var service in services)
        {
            if (model.Find(service.Name) is not { } resource)
            {
                yield return $"{service.Folder} is no resource: add a project '{service.Name}'";
                continue;
            }
            if (resource.Project != service.Project.Replace('.', '_'))
                yield return $"{service.Name} runs {resource.Project}";
            var given = model.GivenTo(resource);
            foreach (var needed in service.Connections.Append("rabbitmq").Where(name => !given.Contains(name)))
                yield return $"{service.Name} is not given the connection string {needed}";
            foreach (var called in Called(service, services).Where(name => !given.Contains(name)))
                yield return $"{service.Name} is not told where {called} is";
            if (!resource.Has("WithEnvironment", "\"Services__Key\""))
                yield return $"{service.Name} is not given Services__Key";
            if (!resource.Has("WithHttpHealthCheck", "\"/health\""))
                yield return $"{service.Name} is not probed at /health";
            if (resource.Calls.All(call => call.Method != "WithHttpEndpoint"))
                yield return $"{service.Name} has no endpoint";
        }
    }

    /// <returns>Databases that nobody is given, or that are given to two: each belongs to one service.</returns>
    public static IEnumerable<string> Misplaced(Model model) =>
        from database in model.Resources
        where database.Kind == "AddDatabase"
        let owners = model
            .Resources.Where(resource => model.GivenTo(resource).Contains(database.Name))
            .Select(resource => resource.Name)
            .ToArray()
        where owners.Length != 1
        select $"{database.Name} is given to {(owners.Length == 0 ? "nobody" : string.Join(" and ", owners))}";

    /// <returns>Commands that post to a path which the source of no service has.</returns>
    public static IEnumerable<string> LostCommands(Model model, IReadOnlyCollection<string> posts) =>
        from resource in model.Resources
        from call in resource.Calls
        where call.Method == "WithHttpCommand"
        let path = call.Arguments.Split(',')[0].Trim().Trim('"')
        where !posts.Contains(path)
        select $"{resource.Name}: nothing answers a POST to {path}";

    /// <returns>Paths that services answer a POST to: their own (<c>Routes.X + "/…"</c>), and the replay that Platform gives to each.</returns>
    public static IReadOnlySet<string> Posts(string routes, IEnumerable<string> sources, IEnumerable<string> services)
    {
        var paths = Route().Matches(routes).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["path"].Value);
        return sources
            .SelectMany(source => Post().Matches(source))
            .Select(post => paths[post.Groups["constant"].Value] + post.Groups["rest"].Value)
            .Concat(services.Select(service => $"/api/v1/operations/{service}/messages/replay"))
            .ToHashSet();
    }

    /// <returns>Project references that lead nowhere, and projects that are used or referred to but not both.</returns>
    public static IEnumerable<string> BadReferences(string projectFile, string source, Func<string, bool> exists)
    {
        var references = Includes(projectFile, "ProjectReference").ToArray();
        foreach (var reference in references.Where(reference => !exists(reference)))
            yield return $"{reference} does not exist";
        var referred = references.Select(reference => Path.GetFileNameWithoutExtension(reference).Replace('.', '_')).ToHashSet();
        var used = ProjectType().Matches(source).Select(match => match.Groups["project"].Value).ToHashSet();
        foreach (var project in used.Except(referred))
            yield return $"Projects.{project} is used and not referred to";
        foreach (var project in referred.Except(used))
            yield return $"{project} is referred to and not used";
    }

    /// <returns>Every Aspire version of the project file; mixed families fail at run time.</returns>
    public static IReadOnlySet<string> AspireVersions(string projectFile)
    {
        var project = XDocument.Parse(projectFile);
        var property = project.Descendants("AspireVersion").Single().Value;
        return project
            .Descendants()
            .Where(e =>
                ((string?)e.Attribute("Sdk") ?? (string?)e.Attribute("Include"))?.StartsWith("Aspire.", StringComparison.Ordinal) == true
            )
            .Select(e => (string?)e.Attribute("Version"))
            .OfType<string>()
            .Select(version => version == "$(AspireVersion)" ? property : version)
            .ToHashSet();
    }

    /// <returns>Items and imports that would be looked up without Aspire.</returns>
    public static IEnumerable<string> Unconditional(string projectFile) =>
        XDocument
            .Parse(projectFile)
            .Descendants()
            .Where(e => e.Name.LocalName is "Import" or "PackageReference" or "ProjectReference" or "PackageVersion")
            .Where(e =>
                ((string?)e.Attribute("Condition") ?? (string?)e.Parent!.Attribute("Condition"))?.Contains(
                    "$(AspireAvailable)",
                    StringComparison.Ordinal
                ) != true
            )
            .Select(e => $"{e.Name.LocalName} {(string?)e.Attribute("Sdk") ?? (string?)e.Attribute("Include")} has no condition");

    /// <summary>Everybody but the Gateway asks it for tokens and keys; the Gateway leads to everybody.</summary>
    private static IEnumerable<string> Called(ServiceSource service, IReadOnlyList<ServiceSource> services) =>
        service.Name == "gateway"
            ? services.Select(other => other.Name).Where(name => name != "gateway")
            : service.Calls.Append("gateway").Distinct();

    private static IEnumerable<string> Includes(string projectFile, string item) =>
        XDocument.Parse(projectFile).Descendants(item).Select(e => (string?)e.Attribute("Include")).OfType<string>();

    [GeneratedRegex(@"Projects\.(?<project>\w+)")]
    private static partial Regex ProjectType();

    [GeneratedRegex("""MapPost\(\s*Routes\.(?<constant>\w+)(\s*\+\s*"(?<rest>[^"]*)")?\s*,""")]
    private static partial Regex Post();

    [GeneratedRegex("""const string (?<name>\w+) = "(?<path>[^"]+)";""")]
    private static partial Regex Route();
}
