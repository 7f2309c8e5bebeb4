namespace MarketingPlatform.LocalServers;

/// <summary>How a private PostgreSQL is started.</summary>
public sealed class LocalPostgresOptions
{
    /// <value>Folder that holds the cluster and its password; made when it does not exist. Where root asks for a folder that the user
    /// <c>postgres</c> cannot reach, the cluster lives in a folder of its own under <c>/var/lib/marketing-platform</c>.</value>
    public required string Folder { get; init; }

    /// <value>Whether root on Debian or Ubuntu may install the package <c>postgresql</c> when it is missing. Default true.</value>
    public bool AllowInstall { get; init; } = true;

    /// <value>Port on loopback for a server that has to be started. Default null: a free one.</value>
    public int? Port { get; init; }

    /// <value>Default 120. A throw-away server takes 300.</value>
    public int MaxConnections { get; init; } = 120;

    /// <value>Folders with PostgreSQL's programs. Default null: <c>pg_config</c>, the usual places, PATH.</value>
    public IReadOnlyList<string>? SearchPath { get; init; }

    /// <value>Told, in sentences, what is done to the machine and where things are. Default: nobody.</value>
    public Action<string> Say { get; init; } = static _ => { };
}
