using System.Text.RegularExpressions;

namespace MarketingPlatform.Architecture.Tests.Rules;

/// <summary>A project as the rule sees it.</summary>
/// <param name="ProjectFile">Text of the csproj.</param>
/// <param name="Sources">Texts of its C# files.</param>
internal sealed record ProjectSource(string Name, string ProjectFile, IReadOnlyList<string> Sources);

/// <summary>What the platform is said to be built with is really there: referred to directly, and used by the project that refers to it.</summary>
internal static class Packages
{
    /// <summary>Package, and what a line of code that uses it looks like.</summary>
    public static readonly IReadOnlyDictionary<string, string> Promised = new Dictionary<string, string>
    {
        ["Aspire.Hosting"] = @"DistributedApplication\.CreateBuilder",
        ["MassTransit.RabbitMQ"] = @"\.UsingRabbitMq\(",
        ["Dapper"] = @"^using Dapper;",
        ["Npgsql"] = @"^using Npgsql;",
        ["Microsoft.ML"] = @"\bnew MLContext\(",
        ["Polly"] = @"\bResiliencePipeline",
        ["OpenTelemetry.Extensions.Hosting"] = @"\.AddOpenTelemetry\(\)",
        ["xunit.v3"] = @"^\s*\[(Fact|Theory)",
        ["Testcontainers"] = @"^using DotNet\.Testcontainers",
    };

    public static IEnumerable<string> Missing(IReadOnlyCollection<ProjectSource> projects, IReadOnlyDictionary<string, string> promised)
    {
        foreach (var (package, use) in promised)
        {
            var referring = projects
                .Where(project => References.Items(project.ProjectFile, "PackageReference").Contains(package))
                .ToArray();
            if (referring.Length == 0)
                yield return $"{package}: no project refers to it";
            else if (!referring.Any(project => project.Sources.Any(source => Regex.IsMatch(source, use, RegexOptions.Multiline))))
                yield return $"{package}: {string.Join(", ", referring.Select(project => project.Name))} does not use it";
        }
    }
}
