using MarketingPlatform.Platform.Data;
using Npgsql;

namespace MarketingPlatform.AdOptimization;

internal sealed class AdsDatabase(NpgsqlDataSource source) : ServiceDatabase(source)
{
    // Advisory locks of this database: two-part keys, so that they cannot meet one-part keys of others.

    /// <summary>Taken first by whoever writes rows about customers; erasure takes it exclusively, so that no row of an erased customer
    /// is on its way while it deletes.</summary>
    public const string SharedWithErasure = "select pg_advisory_xact_lock_shared(4101, 1);";

    public const string ExclusiveForErasure = "select pg_advisory_xact_lock(4101, 1);";

    /// <summary>Merges are rare and change who others count for: one transaction at a time.</summary>
    public const string ExclusiveForMerges = "select pg_advisory_xact_lock(4101, 2);";

    /// <summary>Performance comes a few times a day: one writer at a time keeps sums and their events in step.</summary>
    public const string ExclusiveForPerformance = "select pg_advisory_xact_lock(4101, 3);";

    /// <summary>Each allocation is measured against the one before.</summary>
    public const string ExclusiveForAllocation = "select pg_advisory_xact_lock(4101, 4);";
}
