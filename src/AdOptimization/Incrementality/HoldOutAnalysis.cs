using System.Globalization;
using MarketingPlatform.Experimentation.Analysis;

namespace MarketingPlatform.AdOptimization.Incrementality;

/// <summary>A channel's advertising withheld from regions drawn by chance.</summary>
/// <param name="DaysBefore">Days before it begins whose revenue tells regions apart.</param>
internal sealed record HoldOut(
    Guid Id,
    string Name,
    string Channel,
    string Currency,
    DateOnly StartsOn,
    DateOnly EndsOn,
    int DaysBefore,
    IReadOnlyList<string> Advertised,
    IReadOnlyList<string> Held
)
{
    public int Days => EndsOn.DayNumber - StartsOn.DayNumber + 1;
}

/// <param name="Revenue">Of the region that day, from whatever cause.</param>
/// <param name="Spend">On the channel, there.</param>
internal sealed record RegionDay(DateOnly Date, string Region, decimal Revenue, decimal Spend);

/// <summary>What ads caused.</summary>
/// <param name="Regions">Advertised and held ones with days before and during.</param>
/// <param name="Incremental">Revenue that would be missing, with its 90 % interval.</param>
/// <param name="Roi">By money spent in the advertised regions; null where none was.</param>
/// <param name="Reported">Value that the platform reports for the channel in those days; null where it tells none.</param>
/// <param name="Factor">Incremental by reported value, drawn towards 1 by as much as it is uncertain: what reported value is worth.</param>
internal sealed record HoldOutResult(
    int AdvertisedRegions,
    int HeldRegions,
    double Incremental,
    double Lower,
    double Upper,
    double StandardError,
    decimal Spend,
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
/// Regions are the units, as they are what was drawn (J. Vaver and J. Koehler, "Measuring ad effectiveness using geo experiments", Google
/// 2011): mean daily revenue during, adjusted by that before (<see cref="Cuped"/>), advertised less held, by Welch's t. <see cref="IncrementalFactor"/> is what
/// it makes of reported value.
/// </remarks>
internal static class HoldOutAnalysis
{
    public const int LeastRegions = 3;

    /// <returns>The result, or what is missing for one.</returns>
    public static (HoldOutResult? Result, string? Missing) Of(HoldOut test, IReadOnlyList<RegionDay> days, decimal? reported)
    {
        var byRegion = days.ToLookup(d => d.Region);
        var (advertised, held) = (Moments(test, test.Advertised, byRegion), Moments(test, test.Held, byRegion));
        if (advertised.Units < LeastRegions || held.Units < LeastRegions)
            return (
                null,
                $"At least {LeastRegions} advertised and {LeastRegions} held regions need days before {test.StartsOn:yyyy-MM-dd} and from then on: there are {advertised.Units} and {held.Units}."
            );
        var estimates = Cuped.Adjust([held, advertised]);
        if (Difference.Of(estimates[0], estimates[1]) is not { } difference)
            return (null, "All regions sold exactly the same: nothing can be told apart.");
        var tested = WelchTest.Test(difference, 0.1);
        // From a region's day to all advertised regions and days.
        var scale = (double)test.Advertised.Count * test.Days;
        var (incremental, lower, upper, error) = (
            scale * tested.Value,
            scale * tested.Lower,
            scale * tested.Upper,
            scale * difference.StandardError
        );
        var during = days.Where(d => d.Date >= test.StartsOn && d.Date <= test.EndsOn).ToArray();
        var spend = during.Where(d => test.Advertised.Contains(d.Region)).Sum(d => d.Spend);
        var factor = IncrementalFactor.Of(incremental, error, reported);
        return (
            new(
                (int)advertised.Units,
                (int)held.Units,
                incremental,
                lower,
                upper,
                error,
                spend,
                By(incremental),
                By(lower),
                By(upper),
                reported,
                factor?.Value,
                factor?.Error,
                Sentence(test, incremental, lower, upper, spend, reported),
                Notes(test, during, advertised.Units, held.Units)
            ),
            null
        );

        double? By(double value) => spend > 0 ? value / (double)spend : null;
    }

    private static UnitMoments Moments(HoldOut test, IReadOnlyList<string> regions, ILookup<string, RegionDay> days)
    {
        var moments = new UnitMoments();
        foreach (var region in regions)
        {
            var before = days[region].Where(d => d.Date < test.StartsOn && d.Date >= test.StartsOn.AddDays(-test.DaysBefore)).ToArray();
            var during = days[region].Where(d => d.Date >= test.StartsOn && d.Date <= test.EndsOn).ToArray();
            if (before.Length > 0 && during.Length > 0)
                moments.Add((double)during.Average(d => d.Revenue), 1, (double)before.Average(d => d.Revenue));
        }
        return moments;
    }

    private static string Sentence(HoldOut test, double incremental, double lower, double upper, decimal spend, decimal? reported)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{test.Channel} caused {incremental:0} {test.Currency} of revenue (90 % interval {lower:0} to {upper:0}) in {test.Days} days"
        );
        if (spend > 0)
            text += string.Create(CultureInfo.InvariantCulture, $", {incremental / (double)spend:0.00} for each {test.Currency} spent");
        if (reported > 0)
            text += string.Create(CultureInfo.InvariantCulture, $"; the platform reports {reported:0}");
        return lower > 0 ? text + "." : text + ". It may as well be nothing: the interval holds 0.";
    }

    private static IReadOnlyList<string> Notes(HoldOut test, RegionDay[] during, long advertised, long held)
    {
        List<string> notes = [];
        if (during.Where(d => test.Held.Contains(d.Region)).Sum(d => d.Spend) is > 0 and var leaked)
            notes.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{leaked:0.00} {test.Currency} were spent in held regions: the effect is underestimated."
                )
            );
        if (advertised < test.Advertised.Count || held < test.Held.Count)
            notes.Add(
                $"{test.Advertised.Count + test.Held.Count - advertised - held} regions lack days before or during and are left out."
            );
        if (during.Select(d => d.Date).Distinct().Count() < test.Days)
            notes.Add("Not all days of the test are here yet.");
        return notes;
    }
}
