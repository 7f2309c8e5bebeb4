using System.Globalization;
using MarketingPlatform.Experimentation.Analysis;

namespace MarketingPlatform.AdOptimization.Incrementality;

/// <summary>What a member bought, in money.</summary>
internal readonly record struct MemberRevenue(bool Held, double Before, double During);

/// <summary>What is known besides what members bought.</summary>
/// <param name="Spend">On the channel in that segment in the test's days; null where no row names it.</param>
/// <param name="Reported">Value that the platform reports for it; null where it tells none.</param>
/// <param name="InBothParts">Persons left out: two of their ids were drawn, one for each part.</param>
/// <param name="Leaked">Held persons who came by an advert of the channel all the same.</param>
internal sealed record AudienceFacts(decimal? Spend, decimal? Reported, int InBothParts, int Leaked);

/// <summary>What ads caused among the members.</summary>
/// <param name="Exposed">Persons analysed; merged ids are one.</param>
/// <param name="Until">Last day that counts; the result is final once it is the last one.</param>
/// <param name="Incremental">Revenue of the exposed that would be missing, with its 90 % interval.</param>
/// <param name="Factor">See <see cref="IncrementalFactor"/>.</param>
internal sealed record AudienceResult(
    int Exposed,
    int Held,
    DateOnly Until,
    bool IsFinal,
    double Incremental,
    double Lower,
    double Upper,
    double StandardError,
    decimal? Spend,
    double? Roi,
    double? RoiLower,
    double? RoiUpper,
    decimal? Reported,
    double? Factor,
    double? FactorError,
    string Sentence,
    IReadOnlyList<string> Notes
);

/// <remarks>
/// Persons are the units, by the part they were drawn into, whether an ad reached them or not (intention to treat): so those who are hard to
/// reach do not bias it. Revenue during, adjusted by that before (<see cref="Cuped"/>), exposed less held, by Welch's t at the end; looked at
/// earlier it is a first look, and says so. Revenue is skewed: parts of a hundred persons or more, which the plan asks for, make its mean
/// near enough to normal for 90 %.
/// </remarks>
internal static class AudienceAnalysis
{
    public static (AudienceResult? Result, string? Missing) Of(
        AudienceHoldOutRow test,
        DateOnly until,
        IEnumerable<MemberRevenue> members,
        AudienceFacts facts
    )
    {
        var (exposed, held) = (new UnitMoments(), new UnitMoments());
        foreach (var member in members)
            (member.Held ? held : exposed).Add(member.During, 1, member.Before);
        if (exposed.Units < 2 || held.Units < 2)
            return (null, "There are not two persons left in each part.");
        var estimates = Cuped.Adjust([held, exposed]);
        if (Difference.Of(estimates[0], estimates[1]) is not { } difference)
            return (null, "All members bought exactly the same: nothing can be told apart.");
        var tested = WelchTest.Test(difference, 0.1);
        double scale = exposed.Units;
        var (incremental, error) = (scale * tested.Value, scale * difference.StandardError);
        var factor = IncrementalFactor.Of(incremental, error, facts.Reported);
        var isFinal = until >= test.EndsOn;
        var result = new AudienceResult(
            (int)exposed.Units,
            (int)held.Units,
            until,
            isFinal,
            incremental,
            scale * tested.Lower,
            scale * tested.Upper,
            error,
            facts.Spend,
            By(incremental),
            By(scale * tested.Lower),
            By(scale * tested.Upper),
            facts.Reported,
            factor?.Value,
            factor?.Error,
            "",
            Notes(test, facts, exposed.Units, held.Units, isFinal)
        );
        return (result with { Sentence = Sentence(test, result) }, null);

        double? By(double value) => facts.Spend > 0 ? value / (double)facts.Spend.Value : null;
    }

    private static string Sentence(AudienceHoldOutRow test, AudienceResult found)
    {
        var days = found.Until.DayNumber - test.StartsOn.DayNumber + 1;
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{test.Channel} caused {found.Incremental:0} {test.Currency} of revenue among {found.Exposed} members of {test.Segment} (90 % interval {found.Lower:0} to {found.Upper:0}) in {days} days"
        );
        if (found.Roi is { } roi)
            text += string.Create(CultureInfo.InvariantCulture, $", {roi:0.00} for each {test.Currency} spent");
        if (found.Reported > 0)
            text += string.Create(CultureInfo.InvariantCulture, $"; the platform reports {found.Reported:0}");
        return found.Lower > 0 ? text + "." : text + ". It may as well be nothing: the interval holds 0.";
    }

    private static IReadOnlyList<string> Notes(AudienceHoldOutRow test, AudienceFacts facts, long exposed, long held, bool isFinal)
    {
        List<string> notes = [];
        if (!isFinal)
            notes.Add($"It runs until {test.EndsOn:yyyy-MM-dd}: this is a first look, and the budget waits for the end.");
        if (facts.Leaked > 0)
            notes.Add(
                $"{facts.Leaked} held {(facts.Leaked == 1 ? "person" : "persons")} came by an advert of {test.Channel}: the effect is underestimated. Are they excluded there?"
            );
        if (facts.InBothParts > 0)
            notes.Add(
                $"{facts.InBothParts} {(facts.InBothParts == 1 ? "person was" : "persons were")} drawn under two ids, one in each part, and left out."
            );
        if (SampleRatio.P([exposed, held], [1 - test.HeldShare, test.HeldShare]) < SampleRatio.Alarm)
            notes.Add("The parts are not in the shares that they were drawn in: do not trust this before it is known why.");
        if (facts.Spend is null)
            notes.Add($"No performance row names {test.Channel} with segment {test.Segment} in those days: what was spent is unknown.");
        return notes;
    }
}
