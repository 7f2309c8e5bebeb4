using CsCheck;
using MarketingPlatform.Experimentation.Distributions;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Distributions;

public sealed class DistributionTests
{
    /// <summary>Wichura's own test values, and the tables' 1.96.</summary>
    [Theory]
    [InlineData(0.25, -0.6744897501960817)]
    [InlineData(0.001, -3.090232306167814)]
    [InlineData(1e-20, -9.262340089798408)]
    [InlineData(0.975, 1.959963984540054)]
    public void Normal_quantiles_are_the_published_ones(double p, double expected) =>
        Assert.Equal(expected, NormalDistribution.Quantile(p), 12);

    [Theory]
    [InlineData(0.5, 0.5723649429247001)] // ln √π
    [InlineData(1, 0)]
    [InlineData(10, 12.801827480081469)] // ln 9!
    [InlineData(0.01, 4.599479878042022)]
    public void Log_gamma_has_its_known_values(double x, double expected) => Assert.Equal(expected, GammaDistribution.LogGamma(x), 11);

    /// <summary>For whole parameters the incomplete beta function is a binomial tail: P(Bin(α + β − 1, x) ≥ α).</summary>
    [Fact]
    public void The_beta_cdf_is_a_binomial_tail() =>
        Gen.Select(Gen.Int[1, 30], Gen.Int[1, 30], Gen.Double[-6, 6])
            .Sample(
                (alpha, beta, logit) =>
                {
                    var x = 1 / (1 + Math.Exp(-logit));
                    var n = alpha + beta - 1;
                    var tail = Enumerable
                        .Range(alpha, n - alpha + 1)
                        .Sum(k => Math.Exp(LogChoose(n, k) + k * Math.Log(x) + (n - k) * Math.Log(1 - x)));
                    return Math.Abs(BetaDistribution.CumulativeOfLogit(alpha, beta, logit) - tail) < 1e-10;
                }
            );

    [Fact]
    public void The_two_tails_of_a_beta_sum_to_1() =>
        Gen.Select(Gen.Double[0.01, 2_000], Gen.Double[0.01, 2_000], Gen.Double[-20, 20])
            .Sample(
                (alpha, beta, logit) =>
                    Math.Abs(
                        BetaDistribution.CumulativeOfLogit(alpha, beta, logit) + BetaDistribution.CumulativeOfLogit(beta, alpha, -logit) - 1
                    ) < 1e-10
            );

    [Theory]
    [InlineData(0.05, 0.2)]
    [InlineData(0.5, 3)]
    [InlineData(1, 1)]
    [InlineData(40, 900)]
    public void Draws_have_the_mean_and_the_variance_of_their_distribution(double alpha, double beta)
    {
        const int Draws = 200_000;
        var random = new Random(7);
        var (sum, squares) = (0.0, 0.0);
        for (var i = 0; i < Draws; i++)
        {
            var x = BetaDistribution.Sample(alpha, beta, random);
            sum += x;
            squares += x * x;
        }
        var total = alpha + beta;
        var mean = alpha / total;
        var variance = mean * (1 - mean) / (total + 1);

        Assert.Equal(mean, sum / Draws, 5 * Math.Sqrt(variance / Draws));
        Assert.Equal(1, (squares / Draws - sum / Draws * (sum / Draws)) / variance, 0.02);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void An_impossible_shape_is_refused(double shape) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => GammaDistribution.SampleLog(shape, new Random(1)));

    private static double LogChoose(int n, int k) =>
        GammaDistribution.LogGamma(n + 1) - GammaDistribution.LogGamma(k + 1) - GammaDistribution.LogGamma(n - k + 1);
}
