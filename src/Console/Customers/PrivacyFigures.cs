using System.Text.Json.Serialization;

namespace MarketingPlatform.Console.Customers;

/// <summary>A request as <c>GET /api/v1/privacy/requests</c> lists it.</summary>
internal sealed record PrivacyRequest(
    Guid Id,
    string Kind,
    string State,
    DateTimeOffset RequestedAt,
    IReadOnlyList<string> WaitingFor,
    IReadOnlyList<PrivacyRequest.Receipt> Receipts,
    long LateEvents
)
{
    internal sealed record Receipt(string Service, IReadOnlyList<TableRows> Tables);

    internal sealed record TableRows(string Table, long Rows);

    [JsonIgnore]
    public bool IsErasure => Kind == "erasure";

    [JsonIgnore]
    public long Rows => Receipts.Sum(receipt => receipt.Tables.Sum(table => table.Rows));

    /// <summary>The state in the words of the console.</summary>
    [JsonIgnore]
    public string Word => State == "complete" ? "done" : State;
}

/// <summary>As <c>GET /api/v1/customers/quality</c> tells it.</summary>
internal sealed record DataQuality(
    DataQuality.Profile Profiles,
    IReadOnlyList<DataQuality.Trait> Traits,
    int SharedAddresses,
    IReadOnlyList<DataQuality.Refused> Rejected
)
{
    internal sealed record Profile(
        int Customers,
        int UserId,
        int Email,
        int UnusableEmail,
        int Name,
        int Age,
        int Gender,
        int Country,
        int City,
        int Language,
        int TimeZone
    )
    {
        [JsonIgnore]
        public IReadOnlyList<(string Name, int Count)> Filled =>
            [
                ("The shop's id", UserId),
                ("E-mail address", Email),
                ("Name", Name),
                ("Age", Age),
                ("Gender", Gender),
                ("Country", Country),
                ("City", City),
                ("Language", Language),
                ("Time zone", TimeZone),
            ];
    }

    /// <param name="Types">How many customers have it as which type.</param>
    internal sealed record Trait(string Name, int Customers, IReadOnlyDictionary<string, int> Types)
    {
        /// <summary>Sent in different ways by different systems; null is no type of its own.</summary>
        [JsonIgnore]
        public bool IsMixed => Types.Count(type => type.Key != "null") > 1;
    }

    internal sealed record Refused(string Reason, int Calls);

    /// <summary>As <c>GET /api/v1/rejections</c> lists it.</summary>
    internal sealed record Rejection(string Reason, string Detail, string Body, DateTimeOffset ReceivedAt);
}
