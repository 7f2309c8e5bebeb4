using MarketingPlatform.LocalServers.Postgres;
using MarketingPlatform.LocalServers.RabbitMq;
using Xunit;

namespace MarketingPlatform.LocalServers.Tests.Processes;

public sealed class MissingServerTests
{
    [Fact]
    public async Task Without_binaries_the_message_says_how_to_get_PostgreSQL()
    {
        var options = new LocalPostgresOptions
        {
            Folder = "/nowhere",
            AllowInstall = false,
            SearchPath = [],
        };

        var error = await Assert.ThrowsAsync<LocalServerException>(() =>
            LocalPostgres.StartAsync(options, TestContext.Current.CancellationToken)
        );

        Assert.Contains("PostgreSQL is not installed", error.Message, StringComparison.Ordinal);
        Assert.Contains("install", error.Message, StringComparison.Ordinal);
        Assert.Contains("MARKETING_TEST_POSTGRES", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists("/nowhere"));
    }

    [Fact]
    public async Task Without_scripts_the_message_says_how_to_get_RabbitMQ()
    {
        var options = new LocalRabbitMqOptions
        {
            Folder = "/nowhere",
            AllowInstall = false,
            SearchPath = ["/empty"],
        };

        var error = await Assert.ThrowsAsync<LocalServerException>(() =>
            LocalRabbitMq.StartAsync(options, TestContext.Current.CancellationToken)
        );

        Assert.Contains("looked in /empty", error.Message, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings__rabbitmq", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, true, false, "leave out --no-install")]
    [InlineData(true, true, false, "apt-get install --no-install-recommends postgresql")]
    [InlineData(true, false, false, "sudo apt-get install --no-install-recommends postgresql")]
    [InlineData(false, false, true, "brew install postgresql")]
    [InlineData(false, true, false, "your system's packages")]
    public void The_advice_fits_the_machine(bool debian, bool root, bool macOS, string advice) =>
        Assert.Contains(advice, PostgresBinaries.Missing.Explain(["/x"], debian, root, macOS).Message, StringComparison.Ordinal);

    [Fact]
    public void The_advice_names_the_package_of_the_product() =>
        Assert.Contains(
            "install --no-install-recommends rabbitmq-server",
            RabbitMqBinaries.Missing.Explain(["/x"], debian: true, root: true, macOS: false).Message,
            StringComparison.Ordinal
        );
}
