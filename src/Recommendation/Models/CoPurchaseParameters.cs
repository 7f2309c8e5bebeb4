namespace MarketingPlatform.Recommendation.Models;

/// <summary>What a <see cref="CoPurchaseTrainer"/> can be told; the same names are stored with each model.</summary>
/// <param name="Neighbours">Kept for each product.</param>
/// <param name="Shrinkage">Customers that a similarity must be seen by before it counts half.</param>
/// <param name="MinimumSupport">Customers (weighted) who must have bought both.</param>
/// <param name="FullWeightProducts">Different products up to which a customer counts fully.</param>
/// <param name="MaxProducts">Newest products of a customer that are looked at.</param>
internal sealed record CoPurchaseParameters(
    int Neighbours = 50,
    double Shrinkage = 5,
    double MinimumSupport = 2,
    int FullWeightProducts = 50,
    int MaxProducts = 500
);
