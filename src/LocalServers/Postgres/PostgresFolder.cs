using System.Security.Cryptography;
using System.Text;
using MarketingPlatform.LocalServers.Processes;

namespace MarketingPlatform.LocalServers.Postgres;

/// <summary>Where a private cluster lives, and as whom its programs run.</summary>
/// <param name="Path">Holds <c>cluster/</c> (the server's own) and <c>password</c> (0600, ours).</param>
/// <param name="Account">The user to become, since PostgreSQL refuses to run as root; null when the present one will do.</param>
internal sealed record PostgresFolder(string Path, string? Account)
{
    private const string OwnFolders = "/var/lib/marketing-platform";
    private const string Marker = "postgres-lives-elsewhere";

    public string Cluster => System.IO.Path.Combine(Path, "cluster");

    public string PasswordFile => System.IO.Path.Combine(Path, "password");

    /// <summary>The major version that made the cluster; null when there is none.</summary>
    public int? Version =>
        System.IO.Path.Combine(Cluster, "PG_VERSION") is var file
        && File.Exists(file)
        && int.TryParse(File.ReadAllText(file), out var version)
            ? version
            : null;

    /// <summary>The command, run as the cluster's user.</summary>
    public IReadOnlyList<string> As(params ReadOnlySpan<string> command) =>
        Account is null
            ? [.. command]
            : [Machine.Find("setpriv")!, $"--reuid={Account}", $"--regid={Account}", "--init-groups", .. command];

    /// <summary>Makes an empty folder into which the cluster's user can put a new cluster.</summary>
    public async Task<string> MakeNurseryAsync(CancellationToken ct)
    {
        var nursery = Cluster + ".new";
        if (Directory.Exists(nursery))
        {
            Directory.Delete(nursery, recursive: true);
        }

        if (Account is not null)
        {
            await Command.MustRunAsync(["install", "-d", "-o", Account, "-g", Account, "-m", "0700", nursery], ct);
        }

        return nursery;
    }

    /// <summary>Prepares the asked folder, or one of its own where the cluster's user cannot reach the asked one.</summary>
    public static async Task<PostgresFolder> PrepareAsync(string asked, Action<string> say, CancellationToken ct)
    {
        asked = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(asked));
        Directory.CreateDirectory(asked);
        if (OperatingSystem.IsLinux())
        {
            // A server is found again by its working directory, which the system names without symbolic links.
            asked = (await Command.MustRunAsync(["realpath", asked], ct)).Trim();
        }

        if (!Machine.IsRoot)
        {
            return new PostgresFolder(asked, null);
        }

        var folder = new PostgresFolder(asked, await AccountAsync(ct));
        if ((await Command.RunAsync(folder.As("test", "-x", asked), ct)).ExitCode == 0)
        {
            return folder;
        }

        var own = System.IO.Path.Combine(OwnFolders, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(asked)))[..12]);
        await LeaveToTheDeletedAsync(asked, own, say, ct);
        Directory.CreateDirectory(own);
        await File.WriteAllTextAsync(System.IO.Path.Combine(asked, Marker), own + "\n", ct);
        say($"The user postgres cannot reach {asked}, so the database lives in {own}.");
        return folder with { Path = own };
    }

    // The asked folder was deleted and made anew: its owner wants to begin anew. The old data is set aside, never deleted.
    private static async Task LeaveToTheDeletedAsync(string asked, string own, Action<string> say, CancellationToken ct)
    {
        if (!Directory.Exists(own) || File.Exists(System.IO.Path.Combine(asked, Marker)))
        {
            return;
        }

        await new Postmaster(new PostgresFolder(own, null)).EndAsync();
        var aside = Enumerable.Range(1, int.MaxValue).Select(n => $"{own}.old-{n}").First(path => !Directory.Exists(path));
        Directory.Move(own, aside);
        say($"{asked} is new, so an earlier database of that name was set aside: {aside} (delete it when you do not need it).");
        ct.ThrowIfCancellationRequested();
    }

    private static async Task<string> AccountAsync(CancellationToken ct)
    {
        if (Machine.Find("setpriv") is null)
        {
            throw new LocalServerException(
                "PostgreSQL refuses to run as root, and `setpriv` (package util-linux) is missing to become another user. "
                    + "Install it, or start as another user."
            );
        }

        return (await Command.RunAsync(["id", "-u", "postgres"], ct)).ExitCode == 0
            ? "postgres"
            : throw new LocalServerException(
                "PostgreSQL refuses to run as root, and there is no user `postgres`. "
                    + "Make one (useradd --system postgres), or start as another user."
            );
    }
}
