namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>Where money can go: a channel, and a campaign and segment in it where performance names them ('' where not).</summary>
internal readonly record struct Cell(string Channel, string Campaign, string Segment)
{
    public override string ToString() => string.Join('/', new[] { Channel, Campaign, Segment }.Where(part => part.Length > 0));
}
