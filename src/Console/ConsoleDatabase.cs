using MarketingPlatform.Platform.Data;
using Npgsql;

namespace MarketingPlatform.Console;

/// <summary>Who may use the console, what they changed, and the keys of its cookies. Nothing about customers.</summary>
internal sealed class ConsoleDatabase(NpgsqlDataSource source) : ServiceDatabase(source)
{
    /// <summary>Two instances must not both make the first administrator.</summary>
    public const string LockFirstUser = "select pg_advisory_xact_lock(4203, 1)";

    /// <summary>One change at a time where the console compares what somebody saw with what is there now.</summary>
    public const string LockChanges = "select pg_advisory_xact_lock(4203, 2)";
}
