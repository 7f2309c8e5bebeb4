using System.ComponentModel.DataAnnotations;

namespace MarketingPlatform.Email.Digest;

/// <summary>Bound from <c>Email:Digest</c>: the Monday letter to who owns the shop.</summary>
internal sealed class DigestOptions
{
    /// <value>The owner's address. Default empty: no letter.</value>
    public string To { get; init; } = "";

    /// <value>Hour of Monday from which on it is sent, in the shop's time zone. Default 7; 0 to 23.</value>
    [Range(0, 23)]
    public int Hour { get; init; } = 7;
}
