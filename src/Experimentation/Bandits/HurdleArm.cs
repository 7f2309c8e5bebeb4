namespace MarketingPlatform.Experimentation.Bandits;

/// <summary>What is believed of one variant's mean revenue when most people buy nothing: the rate of buyers times the mean amount of
/// those who buy. Immutable.</summary>
/// <remarks>
/// A two-part (hurdle) model: J. Mullahy, "Specification and testing of some modified count data models", Journal of Econometrics 33
/// (1986) 341–365. The zeros inform the rate alone and the amounts the mean amount alone, so the two posteriors are independent. Amounts
/// enter by their mean and variance (<see cref="GaussianArm"/>): a log-normal would be tighter where it is true, and wrong for ever where
/// it is not.
/// </remarks>
/// <param name="Rate">Belief about the share that buys.</param>
/// <param name="Amount">Belief about the mean amount of a purchase.</param>
public sealed record HurdleArm(BetaArm Rate, GaussianArm Amount) : IArm
{
    /// <value>Expected revenue of one person.</value>
    public double Mean => Rate.Mean * Amount.Mean;

    /// <summary>The belief after one more person.</summary>
    /// <param name="revenue">0 for who bought nothing, else what was bought.</param>
    /// <exception cref="ArgumentOutOfRangeException">Negative or not finite.</exception>
    public HurdleArm Observe(double revenue)
    {
        if (!(revenue >= 0) || !double.IsFinite(revenue))
            throw new ArgumentOutOfRangeException(nameof(revenue), revenue, "Revenue is 0 or more, and finite.");
        return revenue == 0
            ? this with
            {
                Rate = Rate.Observe(success: false),
            }
            : new HurdleArm(Rate.Observe(success: true), Amount.Observe(revenue));
    }

    /// <inheritdoc cref="BetaArm.Forget"/>
    public HurdleArm Forget(double keep, HurdleArm prior)
    {
        ArgumentNullException.ThrowIfNull(prior);
        return new HurdleArm(Rate.Forget(keep, prior.Rate), Amount.Forget(keep, prior.Amount));
    }

    /// <inheritdoc/>
    /// <remarks>A mean amount below 0, which the Student t allows and a shop does not, counts as 0.</remarks>
    public double Draw(Random random) => Rate.Draw(random) * Math.Max(0, Amount.Draw(random));
}
