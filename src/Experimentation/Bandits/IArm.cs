namespace MarketingPlatform.Experimentation.Bandits;

/// <summary>What is believed of a variant's mean reward; all that Thompson sampling needs to know of it.</summary>
public interface IArm
{
    /// <value>Expected mean reward.</value>
    double Mean { get; }

    /// <summary>One draw from the posterior of the mean reward, in the reward's unit.</summary>
    /// <param name="random">Where chance comes from.</param>
    double Draw(Random random);
}
