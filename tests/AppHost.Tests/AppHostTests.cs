using MarketingPlatform.TestInfrastructure;
using Xunit;

namespace MarketingPlatform.AppHost.Tests;

public class AppHostTests
{
    private const string Folder = "MarketingPlatform.AppHost";
    private static readonly string ProjectFile = SourceTree.Read(Folder, Folder + ".csproj");
    private static readonly string Source = SourceTree.Read(Folder, "AppHost.cs");
    private static readonly string[] Names = [.. SourceTree.Services.Select(service => service.Name)];

    [Fact]
    public void Every_service_is_a_resource_and_is_given_what_it_reads() =>
        Assert.Empty(ModelRules.Unserved(Model.Read(Source), SourceTree.Services));

    [Fact]
    public void A_database_belongs_to_one_service() => Assert.Empty(ModelRules.Misplaced(Model.Read(Source)));

    [Fact]
    public void A_command_of_the_dashboard_posts_to_a_path_that_exists()
    {
        var sources = SourceTree.Services.SelectMany(service => SourceTree.Files($"src/{service.Folder}", "*.cs")).Select(File.ReadAllText);
        var posts = ModelRules.Posts(SourceTree.Read("src", "Contracts", "Routes.cs"), sources, Names);

        Assert.Contains("/api/v1/token", posts);
        Assert.Empty(ModelRules.LostCommands(Model.Read(Source), posts));
        Assert.All(Names, name => Assert.Contains($"/operations/{name}/messages/replay", Source, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_project_reference_exists_and_is_used() =>
        Assert.Empty(
            ModelRules.BadReferences(
                ProjectFile,
                Source,
                path => File.Exists(Path.GetFullPath(Path.Combine(SourceTree.Root, Folder, path)))
            )
        );

    [Fact]
    public void All_Aspire_versions_are_one() => Assert.Equal(["13.5.2"], ModelRules.AspireVersions(ProjectFile));

    [Fact]
    public void Nothing_of_Aspire_is_looked_up_without_Aspire() => Assert.Empty(ModelRules.Unconditional(ProjectFile));

    /// <summary>The planted violator: an AppHost that forgets almost everything.</summary>
    [Fact]
    public void What_a_service_lacks_is_reported()
    {
        const string Planted = """
            var builder = DistributedApplication.CreateBuilder(args);
            var postgres = builder.AddPostgres("postgres");
            var emailDb = postgres.AddDatabase("email-db");
            var lostDb = postgres.AddDatabase("lost-db");
            // var adsDb = postgres.AddDatabase("ads-db");
            var gateway = builder.AddProject<Projects.MarketingPlatform_Gateway>("gateway").WithHttpEndpoint(port: 8080);
            var email = builder
                .AddProject<Projects.MarketingPlatform_Gateway>("email")
                .WithReference(emailDb)
                .WithEnvironment("Services__Key", key)
                .WithHttpCommand("/api/v1/mails/replay", "Replay", "http");
            email.WithHttpHealthCheck("/health").WithHttpEndpoint();
            """;
        var model = Model.Read(Planted);
        ServiceSource[] services = [new("Email", "email", ["email-db"], ["recommendation"]), new("Ads", "ads", ["ads-db"], [])];

        Assert.Equal(
            [
                "email runs MarketingPlatform_Gateway",
                "email is not given the connection string rabbitmq",
                "email is not told where recommendation is",
                "email is not told where gateway is",
                "Ads is no resource: add a project 'ads'",
            ],
            ModelRules.Unserved(model, services)
        );
        Assert.Equal(["lost-db is given to nobody"], ModelRules.Misplaced(model));
        Assert.Equal(
            ["email: nothing answers a POST to /api/v1/mails/replay"],
            ModelRules.LostCommands(model, new HashSet<string> { "/api/v1/token" })
        );
    }

    [Fact]
    public void A_service_that_is_not_probed_and_has_no_key_is_reported()
    {
        const string Planted = """
            var rabbitmq = builder.AddRabbitMQ("rabbitmq");
            var gatewayDb = builder.AddPostgres("postgres").AddDatabase("gateway-db");
            var gateway = builder.AddProject<Projects.MarketingPlatform_Gateway>("gateway").WithReference(rabbitmq);
            """;

        Assert.Equal(
            ["gateway is not given Services__Key", "gateway is not probed at /health", "gateway has no endpoint"],
            ModelRules.Unserved(Model.Read(Planted), [new ServiceSource("Gateway", "gateway", [], [])])
        );
    }

    [Fact]
    public void Wrong_references_and_versions_are_reported()
    {
        const string Planted = """
            <Project>
              <Import Project="Sdk.props" Sdk="Aspire.AppHost.Sdk" Version="13.5.2" Condition="'$(AspireAvailable)' != 'false'" />
              <PropertyGroup><AspireVersion>13.4.0</AspireVersion></PropertyGroup>
              <ItemGroup>
                <PackageVersion Include="Aspire.Hosting" Version="$(AspireVersion)" />
                <ProjectReference Include="../src/Emails/MarketingPlatform.Emails.csproj" />
              </ItemGroup>
            </Project>
            """;

        Assert.Equal(["13.4.0", "13.5.2"], ModelRules.AspireVersions(Planted).Order());
        Assert.Equal(
            [
                "../src/Emails/MarketingPlatform.Emails.csproj does not exist",
                "Projects.MarketingPlatform_Email is used and not referred to",
                "MarketingPlatform_Emails is referred to and not used",
            ],
            ModelRules.BadReferences(Planted, "builder.AddProject<Projects.MarketingPlatform_Email>(\"email\");", _ => false)
        );
        Assert.Equal(
            [
                "PackageVersion Aspire.Hosting has no condition",
                "ProjectReference ../src/Emails/MarketingPlatform.Emails.csproj has no condition",
            ],
            ModelRules.Unconditional(Planted)
        );
    }
}
