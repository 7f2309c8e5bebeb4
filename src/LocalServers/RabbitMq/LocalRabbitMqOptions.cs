namespace MarketingPlatform.LocalServers;

/// <summary>How a private RabbitMQ node is started.</summary>
public sealed class LocalRabbitMqOptions
{
    /// <value>Folder for everything of the node: data, log, settings, cookie; made when it does not exist.</value>
    public required string Folder { get; init; }

    /// <value>Whether root on Debian or Ubuntu may install the package <c>rabbitmq-server</c> when it is missing. Default true.</value>
    public bool AllowInstall { get; init; } = true;

    /// <value>Default <c>guest</c>, which only loopback connections may use. Counts when the folder is new.</value>
    public string User { get; init; } = "guest";

    /// <value>Default <c>guest</c>. Counts when the folder is new.</value>
    public string Password { get; init; } = "guest";

    /// <value>AMQP port on loopback. Default null: a free one.</value>
    public int? Port { get; init; }

    /// <value>Folders with RabbitMQ's scripts. Default null: the usual places.</value>
    public IReadOnlyList<string>? SearchPath { get; init; }

    /// <value>Told, in sentences, what is done to the machine and where things are. Default: nobody.</value>
    public Action<string> Say { get; init; } = static _ => { };
}
