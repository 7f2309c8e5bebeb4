using System.ComponentModel.DataAnnotations;
using MarketingPlatform.Recommendation.Models;

namespace MarketingPlatform.Recommendation;

/// <summary>Settings of this service; bound from the section <c>Recommendation</c> and checked at start.</summary>
internal sealed class RecommendationOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Recommendation";

    /// <value>Default 730. Orders older than this many days before the newest one teach nothing.</value>
    [Range(1, 36_500)]
    public int TrainingWindowDays { get; init; } = 730;

    /// <value>Default 90. Days before the newest order in which a purchase counts as popular.</value>
    [Range(1, 36_500)]
    public int PopularityWindowDays { get; init; } = 90;

    /// <value>Default 30. After so many days a purchase counts half in popularity.</value>
    [Range(1, 36_500)]
    public int PopularityHalfLifeDays { get; init; } = 30;

    /// <value>Default 90. A customer's purchase so many days before the newest one has half its vote.</value>
    [Range(1, 36_500)]
    public int HistoryHalfLifeDays { get; init; } = 90;

    /// <value>Default 50. Neighbours kept for each product.</value>
    [Range(1, 1_000)]
    public int Neighbours { get; init; } = 50;

    /// <value>Default 5. A similarity seen by n customers is multiplied by n / (n + shrinkage).</value>
    [Range(0, 1_000)]
    public double Shrinkage { get; init; } = 5;

    /// <value>Default 2. Customers (weighted) who must have bought both products of a pair.</value>
    [Range(0, 1_000_000)]
    public double MinimumSupport { get; init; } = 2;

    /// <value>Default 50. A customer with more different products weighs 50 / number: wholesalers and bots do not decide.</value>
    [Range(2, 100_000)]
    public int FullWeightProducts { get; init; } = 50;

    /// <value>Default 500. Of a customer with more different products only the newest so many are looked at.</value>
    [Range(2, 100_000)]
    public int MaxProductsPerCustomer { get; init; } = 500;

    /// <value>Default 50. No model is trained below this number of orders; popularity answers until then.</value>
    [Range(1, int.MaxValue)]
    public int MinimumOrders { get; init; } = 50;

    /// <value>Default 2,000. Customers whose last order is kept aside to measure a model; 0 measures nothing.</value>
    [Range(0, 1_000_000)]
    public int HoldOutCustomers { get; init; } = 2_000;

    /// <value>Default 200. With so many customers who bought different things at two times, the model is chosen by validation (auto);
    /// below, it is co-purchase.</value>
    [Range(10, int.MaxValue)]
    public int AutoFromCustomers { get; init; } = 200;

    /// <value>Default 3,000. Products, the most bought first, that a model with a matrix covers: 4 bytes × its square, a few times.</value>
    [Range(10, 30_000)]
    public int MatrixItems { get; init; } = 3_000;

    /// <value>Default 300 billion. Multiplications that choosing a model may cost: some minutes of one core at most.</value>
    [Range(1e6, 1e18)]
    public double MaxWork { get; init; } = 3e11;

    /// <value>Default 2. Threads of a training.</value>
    [Range(1, 64)]
    public int TrainingThreads { get; init; } = 2;

    /// <value>Default 2 s. How often the database is asked for news to learn from and for a newer serving model.</value>
    public TimeSpan CheckEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <value>Default 5 s. Training waits until orders have been quiet for so long …</value>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromSeconds(5);

    /// <value>Default 1 min. … but no longer than this after the first of them.</value>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <value>Default 10 min between two trainings, unless orders grew by a fifth, or somebody asked.</value>
    public TimeSpan MinimumInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <value>Default 5 min. How often it is asked whether the models for the next basket and for visits have something to learn; they train
    /// where there is a fifth more of it, once a day, and when somebody was erased, <see cref="MinimumInterval"/> after the last time. 0: never.</value>
    public TimeSpan PurposesEvery { get; init; } = TimeSpan.FromMinutes(5);

    /// <value>Default 5. Models of each purpose kept in the database besides the serving one; of those for one purpose at least 1.</value>
    [Range(0, 1_000)]
    public int ModelsKept { get; init; } = 5;

    /// <value>Default 1 min. How often it is computed what rises; less often where that takes longer than a fiftieth of it.</value>
    public TimeSpan TrendsEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <value>Default 90. Days that decisions and their clicks are kept; 0 keeps no decisions: nothing can be measured then.</value>
    [Range(0, 3_650)]
    public int KeepDecisionsDays { get; init; } = 90;

    /// <value>Default 7. Days after a click on a recommendation in which an order of that product counts as its order.</value>
    [Range(1, 90)]
    public int AttributionDays { get; init; } = 7;

    internal CoPurchaseParameters CoPurchase => new(Neighbours, Shrinkage, MinimumSupport, FullWeightProducts, MaxProductsPerCustomer);
}
