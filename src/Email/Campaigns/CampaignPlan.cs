using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Email.Sending.Timing;

namespace MarketingPlatform.Email.Campaigns;

/// <summary>Somebody in the audience, with all that decides whether they get the mail.</summary>
/// <param name="Excluded">In a segment that the campaign leaves out.</param>
/// <param name="OtherChannel">Reached better by another channel.</param>
/// <param name="HadIt">Has had this campaign's mail, under any of their ids.</param>
/// <param name="Segment">The first of the segments to report by; empty: in none.</param>
internal sealed record Candidate(
    Guid Id,
    Person? Person,
    bool Excluded,
    bool OtherChannel,
    bool HadIt,
    IReadOnlyCollection<EarlierMail> Earlier,
    string Segment
);

/// <summary>What was decided about somebody in the audience.</summary>
/// <param name="Reason">Null: gets the mail.</param>
/// <param name="Arm">Null where nothing is sent, or the test decides later.</param>
/// <param name="InTest">Whether they are among those from whom is learnt which variant is better.</param>
internal sealed record Planned(Guid Id, string? Reason, string? Arm, bool InTest, int Batch, string Segment);

/// <summary>Decides over the whole audience; the pre-flight counts what comes out, the launch carries it out.</summary>
internal static class CampaignPlan
{
    /// <summary>Each question in the order in which it is asked; the first "no" is the reason.</summary>
    public static string? WhyNot(Candidate candidate, IReadOnlyList<FrequencyCap> caps, DateTimeOffset now) =>
        candidate.Excluded ? CampaignReasons.Excluded
        : candidate.OtherChannel ? CampaignReasons.OtherChannel
        : candidate.HadIt ? CampaignReasons.HadItBefore
        : MailPermission.WhyNot(candidate.Person) is { } reason ? reason
        : FrequencyCaps.Broken(caps, MailPurpose.Marketing, candidate.Earlier, now) is not null ? CampaignReasons.FrequencyCap
        : null;

    /// <param name="holdOutAfter">In a smaller audience nobody is held out: nothing could be learnt from them.</param>
    /// <param name="testSize">People of the test who get one of the variants, of all; null: everybody is in the test.</param>
    public static IReadOnlyList<Planned> Decide(
        string name,
        Campaign campaign,
        IReadOnlyCollection<Candidate> candidates,
        IReadOnlyList<FrequencyCap> caps,
        double programme,
        double standardHoldOut,
        string seed,
        long holdOutAfter,
        Func<int, double>? testShare,
        DateTimeOffset now
    )
    {
        var refused = candidates.ToDictionary(candidate => candidate.Id, candidate => WhyNot(candidate, caps, now));
        var reachable = refused.Values.Count(reason => reason is null);
        var holdOut = reachable < holdOutAfter ? 0 : campaign.HoldOut ?? standardHoldOut;
        var arms = new CampaignArms(name, campaign.Keys(), campaign.Weights(), holdOut, programme, seed);
        var reasons = candidates.ToDictionary(candidate => candidate.Id, candidate => refused[candidate.Id] ?? arms.Holds(candidate.Id));
        var method = campaign.Method();
        var share = method == CampaignWords.TestAndRoll ? testShare!(reasons.Values.Count(reason => reason is null)) : 1;
        return
        [
            .. candidates.Select(candidate =>
            {
                if (reasons[candidate.Id] is { } reason)
                    return new Planned(candidate.Id, reason, null, true, 0, candidate.Segment);
                var place = arms.Place(candidate.Id);
                var batch = method == CampaignWords.Thompson ? (int)(place * campaign.Batches()) : 0;
                var inTest = method != CampaignWords.TestAndRoll || place < share;
                var arm = method != CampaignWords.Thompson && inTest ? arms.Assign(candidate.Id) : null;
                return new Planned(candidate.Id, null, arm, inTest, batch, candidate.Segment);
            }),
        ];
    }
}
