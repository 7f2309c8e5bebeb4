using MarketingPlatform.Platform.Data;
using Npgsql;

namespace MarketingPlatform.Segmentation;

internal sealed class SegmentationDatabase(NpgsqlDataSource source) : ServiceDatabase(source)
{
    // Advisory locks of this database: two-part keys, so that they cannot meet one-part keys of others.

    /// <summary>
    /// Taken first by whoever writes rows about customers. Erasure takes the same lock exclusively: no row of an erased customer can
    /// be on its way while it deletes.
    /// </summary>
    public const string SharedWithErasure = "select pg_advisory_xact_lock_shared(5367, 1);";

    public const string ExclusiveForErasure = "select pg_advisory_xact_lock(5367, 1);";

    /// <summary>Merges are rare and change who others count for: one transaction at a time.</summary>
    public const string ExclusiveForMerges = "select pg_advisory_xact_lock(5367, 2);";

    /// <summary>One instance evaluates at a time; the others skip their turn.</summary>
    public const string TryEvaluate = "select pg_try_advisory_xact_lock(5367, 3)";

    /// <summary>One instance at a time changes memberships by rules; the others skip their turn.</summary>
    public const string TryFollow = "select pg_try_advisory_xact_lock(5367, 4)";

    /// <summary>Rules may ask for each other: one change of a definition at a time, so that no circle closes.</summary>
    public const string ExclusiveForDefinitions = "select pg_advisory_xact_lock(5367, 5);";

    public const string ExclusiveForFollowing = "select pg_advisory_xact_lock(5367, 4);";

    /// <summary>Tells the worker, as of the commit, that segments may be out of date.</summary>
    public const string MarkChanged = "insert into changes default values;";

    /// <summary>As <c>not is_erased(id)</c>, for statements over many rows: a join once, not a function for each row.</summary>
    public static string NotErased(string id) => $"not exists (select from platform.erased where id_hash = sha256(uuid_send({id})))";
}
