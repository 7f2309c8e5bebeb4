namespace MarketingPlatform.LocalServers.Processes;

/// <summary>Installs servers as root on Debian and Ubuntu without starting them: we run private instances only.</summary>
internal static class DebianPackages
{
    private const string ClusterSettings = "/etc/postgresql-common/createcluster.conf";
    private const string ServicePolicy = "/usr/sbin/policy-rc.d";

    private const int UpdateAttempts = 20;
    private static readonly TimeSpan UpdatePause = TimeSpan.FromSeconds(3);

    // Two servers may be missing at once, and apt works for one caller at a time.
    private static readonly SemaphoreSlim OneAtATime = new(1);

    private static readonly Dictionary<string, string> Environment = new()
    {
        ["DEBIAN_FRONTEND"] = "noninteractive",
        // Without a run level that starts services, the packages leave theirs alone.
        ["RUNLEVEL"] = "1",
        ["LC_ALL"] = "C.UTF-8",
    };

    public static Task InstallPostgresAsync(Action<string> say, CancellationToken ct) => AloneAsync(() => PostgresAsync(say, ct), ct);

    public static Task InstallRabbitMqAsync(Action<string> say, CancellationToken ct) => AloneAsync(() => RabbitMqAsync(say, ct), ct);

    public static Task InstallPostfixAsync(Action<string> say, CancellationToken ct) => AloneAsync(() => PostfixAsync(say, ct), ct);

    private static async Task AloneAsync(Func<Task> install, CancellationToken ct)
    {
        await OneAtATime.WaitAsync(ct);
        try
        {
            await install();
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    private static async Task PostgresAsync(Action<string> say, CancellationToken ct)
    {
        say("PostgreSQL is not installed. Running as root on Debian: installing the package postgresql, without its default cluster.");
        await UpdateAsync(ct);
        // In two steps: postgresql-common brings the settings file that keeps the second step from making the cluster `main`.
        await InstallAsync("postgresql-common", ct);
        if (!File.Exists(ClusterSettings) || !await SaysNoClusterAsync(ct))
        {
            await File.AppendAllTextAsync(
                ClusterSettings,
                "\n# MarketingPlatform runs private clusters only.\ncreate_main_cluster = false\n",
                ct
            );
        }

        await InstallAsync("postgresql", ct);
        say("PostgreSQL is installed.");
    }

    private static async Task RabbitMqAsync(Action<string> say, CancellationToken ct)
    {
        say("RabbitMQ is not installed. Running as root on Debian: installing the package rabbitmq-server, without starting its service.");
        await InstallWithoutServiceAsync("rabbitmq-server", "rabbitmq-server", ct);
        say("RabbitMQ is installed.");
    }

    private static async Task PostfixAsync(Action<string> say, CancellationToken ct)
    {
        say("smtp-sink is not installed. Running as root on Debian: installing the package postfix, without starting its mail server.");
        await InstallWithoutServiceAsync("postfix", "postfix", ct);
        say("smtp-sink is installed.");
    }

    private static async Task InstallWithoutServiceAsync(string package, string service, CancellationToken ct)
    {
        await UpdateAsync(ct);
        var ownPolicy = !File.Exists(ServicePolicy);
        if (ownPolicy && !OperatingSystem.IsWindows())
        {
            await File.WriteAllTextAsync(ServicePolicy, "#!/bin/sh\nexit 101\n", ct);
            File.SetUnixFileMode(ServicePolicy, (UnixFileMode)0b111_101_101);
        }

        try
        {
            await InstallAsync(package, ct);
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
            await Command.RunAsync(["systemctl", "disable", "--now", service], ct);
        }
    }

    // A package list that cannot be renewed is no reason to stop, since the one on the machine may do; one that somebody else is
    // renewing at this moment (apt does not wait for that by itself) is a reason to wait.
    private static async Task UpdateAsync(CancellationToken ct)
    {
        for (var attempt = 1; attempt <= UpdateAttempts; attempt++)
        {
            var update = await Command.RunAsync(["apt-get", "update", "-q"], ct, Environment);
            if (update.ExitCode == 0 || !update.Output.Contains("Could not get lock", StringComparison.Ordinal))
            {
                return;
            }

            await Task.Delay(UpdatePause, ct);
        }
    }

    private static async Task InstallAsync(string package, CancellationToken ct)
    {
        try
        {
            await Command.MustRunAsync(
                ["apt-get", "install", "-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", package],
                ct,
                Environment
            );
        }
        catch (LocalServerException failed)
        {
            throw new LocalServerException($"The package {package} could not be installed. {failed.Message}", failed);
        }
    }

    private static async Task<bool> SaysNoClusterAsync(CancellationToken ct) =>
        (await File.ReadAllLinesAsync(ClusterSettings, ct)).Any(line =>
            line.Replace(" ", "", StringComparison.Ordinal).StartsWith("create_main_cluster=false", StringComparison.Ordinal)
        );
}
