using MarketingPlatform.LocalServers.Processes;

namespace MarketingPlatform.LocalServers.RabbitMq;

/// <summary>The scripts of a RabbitMQ installation and Erlang's name server.</summary>
internal sealed record RabbitMqBinaries(string Server, string Control, string NameServer)
{
    public static readonly MissingServer Missing = new(
        "RabbitMQ",
        "rabbitmq-server",
        "rabbitmq",
        "give its address (ConnectionStrings__rabbitmq for the services, MARKETING_TEST_RABBITMQ for the tests)"
    );

    // Not /usr/sbin on Debian: the scripts there become the user rabbitmq and know only the machine's own node.
    private static readonly string[] Places = ["/usr/lib/rabbitmq/bin", "/opt/homebrew/opt/rabbitmq/sbin", "/usr/local/opt/rabbitmq/sbin"];

    public static async Task<RabbitMqBinaries> FindAsync(
        IReadOnlyList<string>? searchPath,
        bool allowInstall,
        Action<string> say,
        CancellationToken ct
    )
    {
        if (In(searchPath ?? UsualFolders()) is { } found)
        {
            return found;
        }

        if (searchPath is null && allowInstall && Machine.IsRoot && Machine.IsDebian)
        {
            await DebianPackages.InstallRabbitMqAsync(say, ct);
            if (In(UsualFolders()) is { } installed)
            {
                return installed;
            }
        }

        throw Missing.Explain(searchPath is [] ? ["no folder"] : searchPath ?? UsualFolders());
    }

    // On Windows the scripts are batch files, which live and die differently: use a server that runs elsewhere there.
    private static RabbitMqBinaries? In(IReadOnlyList<string> folders)
    {
        var folder = OperatingSystem.IsWindows()
            ? null
            : folders.FirstOrDefault(f =>
                Machine.IsThere(Path.Combine(f, "rabbitmq-server")) && Machine.IsThere(Path.Combine(f, "rabbitmqctl"))
            );
        return folder is not null && Machine.Find("epmd") is { } nameServer
            ? new RabbitMqBinaries(Path.Combine(folder, "rabbitmq-server"), Path.Combine(folder, "rabbitmqctl"), nameServer)
            : null;
    }

    private static IReadOnlyList<string> UsualFolders() => [.. Places.Concat(Machine.IsDebian ? [] : Machine.ProgramFolders)];
}
