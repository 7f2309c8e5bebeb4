namespace MarketingPlatform.Standalone;

/// <summary>What <c>./marketing up</c> can be told.</summary>
public sealed class StandaloneOptions
{
    public const int DefaultPort = 8080;
    public const string DefaultDataFolder = ".data";

    /// <value>Port of the public door on loopback. Default 8080.</value>
    public int Port { get; init; } = DefaultPort;

    /// <value>Folder for keys, mails and the private database. Default .data.</value>
    public string DataFolder { get; init; } = DefaultDataFolder;

    /// <value>Whether PostgreSQL may be installed where it is missing (as root on Debian or Ubuntu). Default true.</value>
    public bool AllowInstall { get; init; } = true;
}
