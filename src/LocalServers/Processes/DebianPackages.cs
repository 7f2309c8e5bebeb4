namespace MarketingPlatform.LocalServers.Processes;

/// <summary>Installs servers as root on Debian and Ubuntu without starting them: we run private instances only.</summary>
internal static class DebianPackages
{
    private const string ClusterSettings = "/etc/postgresql-common/createcluster.conf";
    private const string ServicePolicy = "/usr/sbin/policy-rc.d";

    private static readonly Dictionary<string, string> Environment = new()
    {
        ["DEBIAN_FRONTEND"] = "noninteractive",
        // Without a run level that starts services, the packages leave theirs alone.
        ["RUNLEVEL"] = "1",
    };

    public static async Task InstallPostgresAsync(Action<string> say, CancellationToken ct)
    {
        say("PostgreSQL is not installed. Running as root on Debian: installing the package postgresql, without its default cluster.");
        await UpdateAsync(ct);
        // In two steps: postgresql-common brings the settings file that keeps the second step from making the cluster `main`.
        await InstallAsync("postgresql-common", ct);
        if (!File.Exists(ClusterSettings) || !await SaysNoClusterAsync(ct))
        {
            await File.AppendAllTextAsync(ClusterSettings, "\n# MarketingPlatform runs private clusters only.\ncreate_main_cluster = false\n", ct);
        }

        await InstallAsync("postgresql", ct);
        say("PostgreSQL is installed.");
    }

    public static async Task InstallRabbitMqAsync(Action<string> say, CancellationToken ct)
    {
        say("RabbitMQ is not installed. Running as root on Debian: installing the package rabbitmq-server, without starting its service.");
        await UpdateAsync(ct);
        var ownPolicy = !File.Exists(ServicePolicy);
        if (ownPolicy && !OperatingSystem.IsWindows())
        {
            await File.WriteAllTextAsync(ServicePolicy, "#!/bin/sh\nexit 101\n", ct);
            File.SetUnixFileMode(ServicePolicy, (UnixFileMode)0b111_101_101);
        }

        try
        {
            await InstallAsync("rabbitmq-server", ct);
        }
        finally
        {
            if (ownPolicy)
            {
                File.Delete(ServicePolicy);
            }
        }

        // Nor at the next boot of a machine that boots with systemd.
        if (Directory.Exists("/run/systemd/system"))
        {
            await Command.RunAsync(["systemctl", "disable", "--now", "rabbitmq-server"], ct);
        }

        say("RabbitMQ is installed.");
    }

    // A package list that cannot be renewed is no reason to stop: the one on the machine may do.
    private static async Task UpdateAsync(CancellationToken ct) => await Command.RunAsync(["apt-get", "update", "-q"], ct, Environment);

    private static async Task InstallAsync(string package, CancellationToken ct)
    {
        try
        {
            await Command.MustRunAsync(
                ["apt-get", "install", "-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", package], ct, Environment);
        }
        catch (LocalServerException failed)
        {
            throw new LocalServerException($"The package {package} could not be installed. {failed.Message}", failed);
        }
    }

    private static async Task<bool> SaysNoClusterAsync(CancellationToken ct) =>
        (await File.ReadAllLinesAsync(ClusterSettings, ct)).Any(line =>
            line.Replace(" ", "", StringComparison.Ordinal).StartsWith("create_main_cluster=false", StringComparison.Ordinal));
}
