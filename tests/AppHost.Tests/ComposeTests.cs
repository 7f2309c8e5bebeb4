using MarketingPlatform.TestInfrastructure;
using Xunit;

namespace MarketingPlatform.AppHost.Tests;

public class ComposeTests
{
    private static readonly Compose Deployed = Compose.Parse(SourceTree.Read("deploy", "compose.yaml"));

    [Fact]
    public void Every_service_is_a_container_and_is_given_what_it_reads() => Assert.Empty(Deployed.Unserved(SourceTree.Services));

    [Fact]
    public void Every_image_of_ours_is_a_service() =>
        Assert.Empty(Deployed.Strangers([.. SourceTree.Services.Select(service => service.Name)]));

    [Fact]
    public void Every_address_leads_to_a_container() => Assert.Empty(Deployed.DeadEnds());

    [Fact]
    public void A_database_belongs_to_one_service() => Assert.Empty(Deployed.SharedDatabases());

    [Fact]
    public void The_path_of_the_probes_is_the_one_that_services_answer() =>
        Assert.Contains(
            "MapHealthChecks(\"/health\"",
            SourceTree.Read("MarketingPlatform.ServiceDefaults", "ServiceDefaults.cs"),
            StringComparison.Ordinal
        );

    [Fact]
    public void The_broker_the_database_the_mails_and_the_telemetry_have_their_places() =>
        Assert.Superset(
            new HashSet<string>
            {
                "postgres:18.3",
                "rabbitmq:4.3-management",
                "axllent/mailpit:v1.22.3",
                "mcr.microsoft.com/dotnet/aspire-dashboard:13.5",
            },
            Deployed.Containers.Select(container => container.Image).ToHashSet()
        );

    [Fact]
    public void Every_secret_is_asked_for_and_nothing_is_open_to_the_network()
    {
        Assert.Empty(Deployed.Unexplained(SourceTree.Read("deploy", ".env.example")));
        Assert.Empty(Deployed.Careless());
    }

    [Fact]
    public void Images_are_made_of_every_folder_that_has_a_module() =>
        Assert.Contains("\"$root\"/src/*/*Module.cs", SourceTree.Read("deploy", "build-images.sh"), StringComparison.Ordinal);

    [Theory]
    [InlineData("./marketing test")]
    [InlineData("dotnet build MarketingPlatform.AppHost -c Release")]
    [InlineData("docker compose -f deploy/compose.yaml up -d --wait")]
    public void The_pipeline_runs(string command) =>
        Assert.Contains(command, SourceTree.Read(".github", "workflows", "ci.yml"), StringComparison.Ordinal);

    /// <summary>The planted violator.</summary>
    [Fact]
    public void What_is_wrong_with_a_deployment_is_reported()
    {
        var planted = Compose.Parse(
            """
            x-all: &all
              ConnectionStrings__rabbitmq: amqp://marketing:secret@rabbit:5672
              Services__Key: abc
            services:
              postgres: { image: "postgres:latest", ports: ["5432:5432"], environment: { POSTGRES_PASSWORD: "${UNSAID}" } }
              email:
                image: marketing-platform/mail:1
                depends_on: { broker: { condition: service_healthy } }
                environment: { <<: *all, ConnectionStrings__email-db: "Host=postgres;Database=all" }
                healthcheck: { test: [CMD, curl, "http://localhost/alive"] }
              customers:
                image: marketing-platform/customers:1
                environment: { ConnectionStrings__customers-db: "Host=postgres;Database=all" }
            """
        );
        ServiceSource[] services = [new("Email", "email", ["email-db"], ["recommendation"]), new("Chatbot", "chatbot", ["chatbot-db"], [])];

        Assert.Equal(
            [
                "email runs marketing-platform/mail:1",
                "email is not given services__recommendation__http__0",
                "email is not given services__gateway__http__0",
                "email is not probed at /health",
                "Chatbot is no container: add a service 'chatbot'",
            ],
            planted.Unserved(services)
        );
        Assert.Equal(["customers is no service of src"], planted.Strangers(["email", "chatbot"]));
        Assert.Equal(
            ["email depends on broker, which is not there", "email: ConnectionStrings__rabbitmq leads to rabbit, which is not there"],
            planted.DeadEnds()
        );
        Assert.Equal(["all is used by email and customers"], planted.SharedDatabases());
        Assert.Equal(["UNSAID is not in .env.example"], planted.Unexplained("# UNSAID=\nSAID="));
        Assert.Equal(
            [
                "postgres: postgres:latest is not pinned",
                "postgres: port 5432:5432 is open to the network",
                "email: Services__Key is written down",
            ],
            planted.Careless()
        );
    }
}
