using MarketingPlatform.Architecture.Tests.Rules;
using MarketingPlatform.TestInfrastructure;
using Xunit;

namespace MarketingPlatform.Architecture.Tests;

public class PackagesTests
{
    [Fact]
    public void Every_package_that_the_platform_is_said_to_be_built_with_is_referred_to_and_used()
    {
        var projects = SourceTree
            .Files("", "*.csproj")
            .Select(file => new ProjectSource(
                Path.GetFileNameWithoutExtension(file),
                File.ReadAllText(file),
                [.. SourceTree.Files(Path.GetRelativePath(SourceTree.Root, Path.GetDirectoryName(file)!), "*.cs").Select(File.ReadAllText)]
            ))
            .ToArray();

        Assert.Empty(Packages.Missing(projects, Packages.Promised));
    }

    [Fact]
    public void A_package_that_nobody_refers_to_or_uses_is_reported()
    {
        const string ProjectFile = """
            <Project><ItemGroup><PackageReference Include="Dapper" /><PackageReference Include="Npgsql" /></ItemGroup></Project>
            """;
        var planted = new ProjectSource("Planted", ProjectFile, ["// using Npgsql;", "using Dapper;"]);

        Assert.Equal(
            ["Npgsql: Planted does not use it", "Polly: no project refers to it"],
            Packages.Missing(
                [planted],
                new[] { "Dapper", "Npgsql", "Polly" }.ToDictionary(package => package, package => Packages.Promised[package])
            )
        );
    }
}
