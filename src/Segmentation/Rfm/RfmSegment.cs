namespace MarketingPlatform.Segmentation.Rfm;

/// <summary>A conventional name of RFM practice.</summary>
internal sealed record RfmSegment(string Key, string Name, string Description)
{
    public static readonly RfmSegment Champions = new("rfm-champions", "Champions", "Bought very recently, often and for much.");
    public static readonly RfmSegment Loyal = new("rfm-loyal", "Loyal", "Buy often and for much, the last time not long ago.");
    public static readonly RfmSegment PotentialLoyalist = new(
        "rfm-potential-loyalist",
        "Potential Loyalist",
        "Bought recently, and more than once or for a middling sum."
    );
    public static readonly RfmSegment NewCustomers = new("rfm-new-customers", "New Customers", "Bought very recently, little so far.");
    public static readonly RfmSegment Promising = new("rfm-promising", "Promising", "Bought recently, little so far.");
    public static readonly RfmSegment NeedAttention = new(
        "rfm-need-attention",
        "Need Attention",
        "Middling in everything: may go either way."
    );
    public static readonly RfmSegment AboutToSleep = new("rfm-about-to-sleep", "About To Sleep", "Bought little, and some time ago.");
    public static readonly RfmSegment AtRisk = new("rfm-at-risk", "At Risk", "Used to buy a good deal, the last time long ago.");
    public static readonly RfmSegment CannotLoseThem = new(
        "rfm-cannot-lose-them",
        "Cannot Lose Them",
        "Were among the best, and have not bought for long."
    );
    public static readonly RfmSegment Hibernating = new("rfm-hibernating", "Hibernating", "Bought little, long ago.");
    public static readonly RfmSegment Lost = new("rfm-lost", "Lost", "Bought little, longest ago.");

    /// <summary>All names, best first.</summary>
    public static readonly IReadOnlyList<RfmSegment> All =
    [
        Champions,
        Loyal,
        PotentialLoyalist,
        NewCustomers,
        Promising,
        NeedAttention,
        AboutToSleep,
        AtRisk,
        CannotLoseThem,
        Hibernating,
        Lost,
    ];

    // The widely used grid of recency by value, its oldest and smallest corner set apart as Lost.
    // Rows: R 5 (bought most recently) to 1. Columns: value 1 to 5.
    private static readonly RfmSegment[][] Grid =
    [
        [NewCustomers, PotentialLoyalist, PotentialLoyalist, Champions, Champions],
        [Promising, PotentialLoyalist, PotentialLoyalist, Loyal, Loyal],
        [AboutToSleep, AboutToSleep, NeedAttention, Loyal, Loyal],
        [Hibernating, Hibernating, AtRisk, AtRisk, CannotLoseThem],
        [Lost, Lost, AtRisk, AtRisk, CannotLoseThem],
    ];

    /// <summary>The name of a cell. Value is the mean of F and M, halves rounded up.</summary>
    public static RfmSegment Of(int r, int f, int m) => Grid[5 - r][(f + m + 1) / 2 - 1];
}
