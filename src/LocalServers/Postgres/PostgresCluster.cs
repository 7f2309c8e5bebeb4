using System.Globalization;
using MarketingPlatform.LocalServers.Processes;

namespace MarketingPlatform.LocalServers.Postgres;

/// <summary>Makes clusters and says how their servers are set.</summary>
internal static class PostgresCluster
{
    public const string Owner = "marketing";

    public static async Task MakeAsync(PostgresBinaries binaries, PostgresFolder folder, CancellationToken ct)
    {
        var password = PrivateFile.NewPassword();
        await PrivateFile.WriteAsync(folder.PasswordFile, password, ct);
        // initdb reads the password as the cluster's user, so it gets a copy of its own for as long as it runs.
        var copy = folder.PasswordFile + ".initdb";
        try
        {
            if (folder.Account is null)
            {
                await PrivateFile.WriteAsync(copy, password, ct);
            }
            else
            {
                await Command.MustRunAsync(["install", "-o", folder.Account, "-m", "0600", folder.PasswordFile, copy], ct);
            }

            await InitializeAsync(binaries, folder, ["--auth=scram-sha-256", $"--pwfile={copy}"], ct);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    public static Task MakeThrowAwayAsync(PostgresBinaries binaries, PostgresFolder folder, CancellationToken ct) =>
        InitializeAsync(binaries, folder, ["--auth=trust", "--no-sync"], ct);

    /// <summary>
    /// Small, because many servers and services share one machine; reachable by TCP on loopback only; logs in the data folder.
    /// </summary>
    public static IEnumerable<string> Settings(int maxConnections, bool durable)
    {
        string[] settings =
        [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            string.Create(CultureInfo.InvariantCulture, $"max_connections={maxConnections}"),
            "shared_buffers=32MB",
            "wal_level=minimal",
            "max_wal_senders=0",
            "autovacuum=on",
            "jit=off",
            "logging_collector=on",
            "log_directory=log",
            // A file a weekday, each emptied before its reuse: the log never grows for ever.
            "log_filename=postgresql-%a.log",
            "log_truncate_on_rotation=on",
            "log_rotation_age=1d",
            "log_rotation_size=0",
        ];
        return durable ? settings : [.. settings, "max_wal_size=256MB", "fsync=off", "synchronous_commit=off", "full_page_writes=off"];
    }

    // Made under another name, so that a cluster is either there and whole or not there at all.
    private static async Task InitializeAsync(
        PostgresBinaries binaries,
        PostgresFolder folder,
        IReadOnlyList<string> authentication,
        CancellationToken ct
    )
    {
        var nursery = await folder.MakeNurseryAsync(ct);
        string[] locale =
            OperatingSystem.IsLinux() ? ["--locale=C.UTF-8"]
            : OperatingSystem.IsMacOS() ? ["--locale=en_US.UTF-8"]
            : [];
        string[] command = [binaries.Program("initdb"), "-D", nursery, "-U", Owner, "-E", "UTF8", .. locale, .. authentication];
        await Command.MustRunAsync(folder.As(command), ct);
        Directory.Move(nursery, folder.Cluster);
    }
}
