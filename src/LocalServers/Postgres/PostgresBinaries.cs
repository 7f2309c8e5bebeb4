using System.Globalization;
using System.Text.RegularExpressions;
using MarketingPlatform.LocalServers.Processes;

namespace MarketingPlatform.LocalServers.Postgres;

/// <summary>A folder with the programs of one PostgreSQL version.</summary>
internal sealed partial record PostgresBinaries(string Folder, int Version)
{
    public static readonly MissingServer Missing = new(
        "PostgreSQL",
        "postgresql",
        "postgresql",
        "give connection strings (ConnectionStrings__… for the services, MARKETING_TEST_POSTGRES for the tests)"
    );

    private static readonly string[] Places =
    [
        "/usr/lib/postgresql/*/bin",
        "/usr/pgsql-*/bin",
        "/opt/homebrew/opt/postgresql@*/bin",
        "/opt/homebrew/opt/postgresql*/bin",
        "/usr/local/opt/postgresql@*/bin",
        "/usr/local/opt/postgresql*/bin",
        "/Library/PostgreSQL/*/bin",
        "C:/Program Files/PostgreSQL/*/bin",
    ];

    public string Program(string name) => Path.Combine(Folder, Machine.Executable(name));

    /// <summary>The binaries to use: those of the given major version, else the newest.</summary>
    /// <param name="version">The version that made an existing cluster; null for a new one.</param>
    /// <param name="searchPath">Folders to look in; null means everywhere they usually are.</param>
    /// <param name="allowInstall">Whether root on Debian may install what is missing.</param>
    /// <param name="say">Told what is done to the machine.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<PostgresBinaries> FindAsync(
        int? version,
        IReadOnlyList<string>? searchPath,
        bool allowInstall,
        Action<string> say,
        CancellationToken ct
    )
    {
        var folders = searchPath ?? await UsualFoldersAsync(ct);
        var found = await InAsync(folders, ct);
        if (found.Count == 0 && searchPath is null && allowInstall && Machine.IsRoot && Machine.IsDebian)
        {
            await DebianPackages.InstallPostgresAsync(say, ct);
            found = await InAsync(folders = await UsualFoldersAsync(ct), ct);
        }

        if (found.Count == 0)
        {
            throw Missing.Explain(folders is [] ? ["no folder"] : folders);
        }

        return version is null
            ? found.MaxBy(binaries => binaries.Version)!
            : found.FirstOrDefault(binaries => binaries.Version == version)
                ?? throw new LocalServerException(
                    $"The data was written by PostgreSQL {version}, but this machine has only "
                        + $"{string.Join(", ", found.Select(binaries => binaries.Version))}. Install PostgreSQL {version}, or carry the data over with pg_upgrade."
                );
    }

    private static async Task<IReadOnlyList<PostgresBinaries>> InAsync(IReadOnlyList<string> folders, CancellationToken ct)
    {
        var found = new List<PostgresBinaries>();
        foreach (var folder in folders)
        {
            var postgres = Path.Combine(folder, Machine.Executable("postgres"));
            if (Machine.IsThere(postgres) && Machine.IsThere(Path.Combine(folder, Machine.Executable("initdb"))))
            {
                var answer = await Command.RunAsync([postgres, "--version"], ct);
                if (VersionNumber().Match(answer.Output) is { Success: true } match)
                {
                    found.Add(new PostgresBinaries(folder, int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)));
                }
            }
        }

        return found;
    }

    private static async Task<IReadOnlyList<string>> UsualFoldersAsync(CancellationToken ct)
    {
        var config = Environment.GetEnvironmentVariable("PG_CONFIG") is { Length: > 0 } given ? given : Machine.Find("pg_config");
        var named = config is not null && Machine.IsThere(config) ? await Command.RunAsync([config, "--bindir"], ct) : null;
        return
        [
            .. new[] { named is { ExitCode: 0 } ? named.Output.Trim() : "" }
                .Concat(Places.SelectMany(Machine.Folders))
                .Concat(Machine.ProgramFolders)
                .Where(folder => folder.Length > 0)
                .Distinct(),
        ];
    }

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex VersionNumber();
}
