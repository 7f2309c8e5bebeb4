namespace MarketingPlatform.TestInfrastructure;

/// <summary>
/// Environment variables that say which servers the tests use; <c>./marketing test</c> sets them once for all test processes.
/// </summary>
public static class TestVariables
{
    /// <summary>An Npgsql connection string of a server on which databases may be created.</summary>
    public const string Postgres = "MARKETING_TEST_POSTGRES";

    /// <summary>The AMQP address of a RabbitMQ.</summary>
    public const string RabbitMq = "MARKETING_TEST_RABBITMQ";

    /// <summary>The folder of a private node: virtual hosts are made with <c>rabbitmqctl</c>.</summary>
    public const string RabbitMqNode = "MARKETING_TEST_RABBITMQ_NODE";

    /// <summary>The address of a management API, with its user: virtual hosts are made over HTTP.</summary>
    public const string RabbitMqManagement = "MARKETING_TEST_RABBITMQ_MANAGEMENT";

    /// <summary>Set when the servers are thrown away after the run, so that nobody needs to tidy them.</summary>
    public const string ThrowAway = "MARKETING_TEST_THROW_AWAY";

    internal static string? Read(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
