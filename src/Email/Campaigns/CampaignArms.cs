using MarketingPlatform.Experimentation.Assignment;

namespace MarketingPlatform.Email.Campaigns;

/// <summary>Why somebody in the audience gets nothing, beside the reasons of <see cref="Recipients.MailPermission"/>.</summary>
internal static class CampaignReasons
{
    public const string Excluded = "excluded";
    public const string OtherChannel = "other-channel";
    public const string HadItBefore = "had-it-before";
    public const string FrequencyCap = "frequency-cap";
    public const string HeldOut = "held-out";
    public const string HeldOutOfProgramme = "held-out-of-programme";

    /// <returns>The reason in words.</returns>
    public static string Words(string reason) =>
        reason switch
        {
            Excluded => "is in a segment that the campaign leaves out",
            OtherChannel => "is reached better by another channel",
            HadItBefore => "had this campaign before",
            FrequencyCap => "has had as many mails as the caps allow",
            HeldOut => "held out, to measure what the campaign brings",
            HeldOutOfProgramme => "held out of all mail, to measure what mail brings",
            Recipients.MailPermission.NoAddress => "no address is known",
            Recipients.MailPermission.NoConsent => "never agreed to marketing mail",
            Recipients.MailPermission.Withdrawn => "no longer agrees to marketing mail",
            Recipients.MailPermission.Unsubscribed => "unsubscribed",
            Recipients.MailPermission.Bounced => "nobody has the address, a mail server said",
            _ => reason.Replace('-', ' '),
        };
}

/// <summary>
/// Who gets which variant: hashes of the campaign's name and the person (Experimentation's <see cref="VariationSplit"/> and
/// <see cref="HoldOut"/>), so the same person gets the same on every instance and in every simulation.
/// </summary>
/// <param name="HoldOut">Share of the audience that gets nothing.</param>
/// <param name="Programme">Share of everybody that gets no marketing mail at all.</param>
/// <param name="Seed">Of the hold-outs: another one leaves out others.</param>
internal sealed class CampaignArms(
    string name,
    IReadOnlyList<string> keys,
    IReadOnlyList<double> weights,
    double holdOut,
    double programme,
    string seed
)
{
    private readonly VariationSplit split = new(
        $"campaign/{name}",
        Buckets.Ranges(keys.Count, 1, [.. weights.Select(weight => weight / weights.Sum())])
    );
    private readonly HoldOut own = new($"campaign/{name}/{seed}", holdOut);
    private readonly HoldOut all = new($"programme/{seed}", programme);

    /// <returns>Why the person gets nothing, to measure by; null: gets a mail.</returns>
    public string? Holds(Guid person)
    {
        var unit = person.ToString("D");
        return all.Holds(unit) ? CampaignReasons.HeldOutOfProgramme
            : own.Holds(unit) ? CampaignReasons.HeldOut
            : null;
    }

    public string Assign(Guid person) => keys[Math.Clamp(split.Assign(person.ToString("D")), 0, keys.Count - 1)];

    /// <returns>A number from 0 up to 1 that is the person's own and has nothing to do with their variant: who is in the test, in which batch.</returns>
    public double Place(Guid person) => BucketHash.Of($"campaign/{name}/place", person.ToString("D")) ?? 0;
}

/// <summary>Variants for one batch of a bandit: the shares it was decided to give, and the hash that deals them out.</summary>
internal static class CampaignBatch
{
    public static VariationSplit Split(string name, int batch, IReadOnlyList<double> shares) =>
        new($"campaign/{name}/batch-{batch}", Buckets.Ranges(shares.Count, 1, shares));
}
