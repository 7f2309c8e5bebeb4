namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>Where money can go: a channel, and a campaign and segment in it where performance names them ('' where not).</summary>
internal readonly record struct Cell(string Channel, string Campaign, string Segment)
{
    public override string ToString() => string.Join('/', new[] { Channel, Campaign, Segment }.Where(part => part.Length > 0));
}

/// <summary>What a cell did in the days that an allocation learns from.</summary>
/// <param name="Value">Sum over rows that know it; null where none does.</param>
/// <param name="ValuedConversions">Conversions of those rows.</param>
/// <param name="Lift">What its segment brings on its channel by what all segments do, as Segmentation measures it; 1 where that is not known.</param>
internal sealed record CellHistory(
    Cell Cell,
    long Impressions,
    long Clicks,
    long Conversions,
    decimal Spend,
    decimal? Value,
    long ValuedConversions,
    double Lift = 1
);
