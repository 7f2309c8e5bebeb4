using MarketingPlatform.Architecture.Tests.Rules;
using MarketingPlatform.TestInfrastructure;
using Xunit;

namespace MarketingPlatform.Architecture.Tests;

public class WallsTests
{
    private static readonly HashSet<string> Services = [.. SourceTree.Services.Select(service => service.Project)];

    [Fact]
    public void Every_service_of_the_house_is_found() =>
        Assert.Superset(
            new HashSet<string> { "Customers", "Segmentation", "Recommendation", "Email", "Gateway" },
            SourceTree.Services.Select(service => service.Folder).ToHashSet()
        );

    [Theory]
    [MemberData(nameof(House.ServiceFolders), MemberType = typeof(House))]
    public void A_service_never_refers_to_another_service(string folder)
    {
        var service = House.Service(folder);

        Assert.Empty(References.ToOtherServices(House.Compiled(service.Project), Services));
        var projectFile = SourceTree.Read("src", folder, service.Project + ".csproj");
        Assert.Empty(References.ToOtherServices(service.Project, projectFile, Services));
    }

    /// <summary>The planted violators: Standalone, which must refer to every service, and a project file that does.</summary>
    [Fact]
    public void A_service_that_refers_to_another_one_is_reported()
    {
        Assert.Equal(Services.Count, References.ToOtherServices(House.Compiled("MarketingPlatform.Standalone"), Services).Count());
        const string Planted = """
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <ItemGroup>
                <ProjectReference Include="..\Contracts\MarketingPlatform.Contracts.csproj" />
                <ProjectReference Include="..\Customers\MarketingPlatform.Customers.csproj" />
              </ItemGroup>
            </Project>
            """;
        Assert.Equal(
            ["MarketingPlatform.Email refers to MarketingPlatform.Customers"],
            References.ToOtherServices("MarketingPlatform.Email", Planted, Services)
        );
    }

    [Fact]
    public void Contracts_refer_to_nothing_but_dotnet_itself()
    {
        Assert.Empty(References.OutsideOfTheBaseLibrary(House.Compiled("MarketingPlatform.Contracts")));
        var projectFile = SourceTree.Read("src", "Contracts", "MarketingPlatform.Contracts.csproj");
        Assert.Empty(
            new[] { "PackageReference", "ProjectReference", "FrameworkReference" }.SelectMany(kind => References.Items(projectFile, kind))
        );
    }

    /// <summary>The planted violator: this assembly, which uses xunit and the rooms.</summary>
    [Fact]
    public void A_reference_from_outside_of_dotnet_is_reported()
    {
        var reported = References.OutsideOfTheBaseLibrary(Compiled.Of(typeof(WallsTests).Assembly)).ToArray();
        Assert.Contains(reported, name => name.StartsWith("xunit", StringComparison.Ordinal));
        Assert.Contains("MarketingPlatform.Platform", reported);
    }

    [Fact]
    public void Experimentation_computes_and_touches_nothing_outside() =>
        Assert.Empty(References.ToTheOutsideWorld(House.Compiled("MarketingPlatform.Experimentation")));

    /// <summary>The planted violator: this assembly reads files.</summary>
    [Fact]
    public void A_use_of_files_is_reported() =>
        Assert.Contains("System.IO.File", References.ToTheOutsideWorld(Compiled.Of(typeof(WallsTests).Assembly)));
}
