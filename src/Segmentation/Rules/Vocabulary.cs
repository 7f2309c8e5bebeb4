using System.Text.RegularExpressions;
using MarketingPlatform.Platform.Text;

namespace MarketingPlatform.Segmentation.Rules;

/// <summary>The words of rules: fields with their types, and mail events, which have verbs of their own.</summary>
internal static partial class Vocabulary
{
    public const string ScorePrefix = "score.";
    public const string BucketPrefix = "bucket.";
    public const string RfmPrefix = "rfm.";

    /// <summary>Traits of the profile, by the name under which they are stored.</summary>
    public static readonly IReadOnlyDictionary<string, ValueType> Traits = new Dictionary<string, ValueType>
    {
        ["age"] = ValueType.Number,
        ["gender"] = ValueType.Text,
        ["country"] = ValueType.Text,
        ["city"] = ValueType.Text,
        ["language"] = ValueType.Text,
        ["time_zone"] = ValueType.Text,
        ["has_email"] = ValueType.Truth,
    };

    /// <summary>Instants, asked for by <c>in last 30d</c>; the values are columns of <c>customers</c>.</summary>
    public static readonly IReadOnlyDictionary<string, string> Instants = new Dictionary<string, string>
    {
        ["first_seen"] = "first_seen_at",
        ["last_seen"] = "last_seen_at",
        ["last_order"] = "last_order_at",
    };

    public static readonly IReadOnlyList<string> Rfm = ["rfm.r", "rfm.f", "rfm.m"];

    /// <summary>What may be barred from rules: traits that the law protects in many uses.</summary>
    public static readonly IReadOnlyList<string> Protected = ["age", "gender"];

    /// <summary>
    /// Verbs of mails and the event each stands for, by the names of the Segment specification: what a shop's own mail tool tracks under
    /// these names counts too.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string> MailVerbs = new Dictionary<string, string>
    {
        ["received"] = "Email Delivered",
        ["opened"] = "Email Opened",
        ["clicked"] = "Email Link Clicked",
    };

    private static readonly string[] Ended = ["email bounced", "email marked as spam", "unsubscribed", "push notification bounced"];

    /// <summary>
    /// Events in which a customer is reached and does nothing, by their folded names: no engagement. Those of the Segment specification, and what mail
    /// and message tools commonly call it.
    /// </summary>
    public static readonly IReadOnlyList<string> Undergone =
    [
        "email delivered",
        "email sent",
        "push notification received",
        "sms delivered",
        "sms sent",
    ];

    /// <summary>What a channel led to, or failed in: neither a touch nor, but for an order, engagement.</summary>
    public static readonly IReadOnlyList<string> Outcomes =
    [
        .. Ended,
        "order completed",
        "order updated",
        "order refunded",
        "order cancelled",
    ];

    /// <summary>What is not something that a customer did: <c>engaged</c> and "any event" leave it out.</summary>
    public static readonly IReadOnlySet<string> Passive = Undergone.Concat(Ended).ToHashSet();

    /// <summary>The type of a field; null for one that does not exist.</summary>
    public static ValueType? TypeOf(string field) =>
        Traits.TryGetValue(field, out var type) ? type
        : Rfm.Contains(field) || HasName(field, ScorePrefix) || HasName(field, BucketPrefix) ? ValueType.Number
        : null;

    public static string All => string.Join(", ", Traits.Keys.Concat(Instants.Keys).Concat(Rfm).Append("score.NAME").Append("bucket.NAME"));

    public const string Verbs = "did, engaged, received email, opened email, clicked email, ordered, spent, consented, in segment";

    /// <summary>"Did you mean 'country'? ", or nothing where no field is like it.</summary>
    public static string Nearest(string field)
    {
        if (field == "segment")
            return "Did you mean: in segment \"…\"? ";
        return NearestName.Of(field, Traits.Keys.Concat(Instants.Keys).Concat(Rfm)) is { } nearest ? $"Did you mean '{nearest}'? " : "";
    }

    /// <summary>A word that a text may hold without quotes.</summary>
    public static bool IsWord(string text) => Word().IsMatch(text) && !Reserved.Contains(text);

    private static bool HasName(string field, string prefix) =>
        field.Length > prefix.Length && field.StartsWith(prefix, StringComparison.Ordinal) && Word().IsMatch(field);

    private static readonly HashSet<string> Reserved = ["and", "or", "not", "in", "is", "where", "of", "on", "true", "false"];

    [GeneratedRegex("^[a-z_][a-z0-9_.-]{0,99}$")]
    private static partial Regex Word();
}
