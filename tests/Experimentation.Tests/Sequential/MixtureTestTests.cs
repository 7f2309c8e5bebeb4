using MarketingPlatform.Experimentation.Analysis;
using MarketingPlatform.Experimentation.Sequential;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Sequential;

public sealed class MixtureTestTests
{
    /// <summary>Johari et al., with V = τ² = 1 and δ = 3: Λ = √½ · exp(9 / 4).</summary>
    [Fact]
    public void The_p_value_is_one_by_the_likelihood_ratio() =>
        Assert.Equal(Math.Sqrt(2) * Math.Exp(-2.25), new MixtureTest(1).Look(new Difference(3, 1, 100, 102)).P, 1e-12);

    [Fact]
    public void The_p_value_never_rises()
    {
        var test = new MixtureTest(1).Look(new Difference(3, 1, 100, 102));
        Assert.Equal(test.P, test.Look(new Difference(0, 0.5, 100, 102)).P);
        Assert.True(test.Look(new Difference(3, 0.5, 100, 102)).P < test.P);
    }
}
