using CsCheck;
using MarketingPlatform.Experimentation.Bandits;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Bandits;

public sealed class LinearArmTests
{
    /// <summary>The normal equations of ridge regression, solved by elimination.</summary>
    [Fact]
    public void Coefficients_are_those_of_ridge_regression() =>
        Gen.Select(Gen.Double[-3, 3].Array[3].Array[1, 30], Gen.Double[0.1, 5])
            .Sample(
                (rows, ridge) =>
                {
                    var arm = rows.Aggregate(new LinearArm(3, spread: 1, ridge), (a, x) => a.Observe(x, Reward(x)));
                    var (matrix, right) = (new double[3, 3], new double[3]);
                    for (var i = 0; i < 3; i++)
                    {
                        matrix[i, i] = ridge;
                        foreach (var x in rows)
                        {
                            right[i] += x[i] * Reward(x);
                            for (var j = 0; j < 3; j++)
                                matrix[i, j] += x[i] * x[j];
                        }
                    }
                    var expected = Solve(matrix, right);
                    return expected.Zip(arm.Coefficients).All(pair => Math.Abs(pair.First - pair.Second) < 1e-8);
                },
                iter: 200
            );

    [Fact]
    public void Predictions_spread_as_the_posterior_of_the_mean_does()
    {
        var random = new Random(1);
        var arm = new LinearArm(2, spread: 1, ridge: 1e-6);
        for (var i = 0; i < 500; i++)
            arm = arm.Observe([1, i % 2], 3 + 2 * (i % 2) + (i % 4 < 2 ? 1 : -1));

        var draws = Enumerable.Range(0, 20_000).Select(_ => arm.At([1, 1]).Draw(random)).ToArray();

        // 250 rewards of spread 1 around 5.
        Assert.Equal(5, draws.Average(), 0.01);
        Assert.Equal(1 / Math.Sqrt(250), Math.Sqrt(draws.Average(draw => Math.Pow(draw - draws.Average(), 2))), 0.005);
    }

    [Fact]
    public void Each_context_gets_the_arm_that_suits_it()
    {
        var random = new Random(7);
        LinearArm[] arms = [new(2, spread: 0.5), new(2, spread: 0.5)];
        double Mean(int arm, double x) => arm == 0 ? 0.5 + 0.3 * x : 0.5 - 0.3 * x;
        for (var i = 0; i < 2_000; i++)
        {
            double[] context = [1, 2 * random.NextDouble() - 1];
            var arm = Choose(context).Choose(random).Arm;
            arms[arm] = arms[arm].Observe(context, random.NextDouble() < Mean(arm, context[1]) ? 1 : 0);
        }

        Assert.True(Choose([1, 0.8]).Shares[0] > 0.9);
        Assert.True(Choose([1, -0.8]).Shares[1] > 0.9);

        Allocation Choose(double[] context) => Allocation.Thompson([.. arms.Select(arm => arm.At(context))], random, draws: 200);
    }

    [Fact]
    public void Half_a_memory_weighs_every_reward_half()
    {
        double[][] rows =
        [
            [1, 2],
            [1, -1],
            [1, 0.5],
        ];
        var arm = rows.Aggregate(new LinearArm(2, spread: 1, ridge: 2), (a, x) => a.Observe(x, x[1] * 3));
        var halved = arm.Forget(0.5);

        // Two forgotten copies of each reward weigh as one: only the prior's ½ + ½ is left as it was.
        var doubled = rows.Concat(rows).Aggregate(new LinearArm(2, spread: 1, ridge: 2), (a, x) => a.Observe(x, x[1] * 3)).Forget(0.5);
        Assert.Equal(arm.Coefficients, doubled.Coefficients, (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.True(Math.Abs(halved.Coefficients[1]) < Math.Abs(arm.Coefficients[1]));
        Assert.All(arm.Forget(0).Coefficients, coefficient => Assert.Equal(0, coefficient));
        Assert.Same(arm, arm.Forget(1));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new LinearArm(2, 1).Observe([1], 0));
        Assert.Throws<ArgumentException>(() => new LinearArm(1, 1).Observe([double.NaN], 0));
        Assert.Throws<ArgumentException>(() => new LinearArm(1, 1).Observe([1], double.NaN));
        Assert.Throws<ArgumentException>(() => new LinearArm(2, 1).At([1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinearArm(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinearArm(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinearArm(1, 1, 0));
    }

    private static double Reward(double[] x) => 1 + x[0] - 2 * x[1] + x[0] * x[2];

    private static double[] Solve(double[,] a, double[] b)
    {
        var n = b.Length;
        for (var k = 0; k < n; k++)
        for (var i = k + 1; i < n; i++)
        {
            var factor = a[i, k] / a[k, k];
            for (var j = k; j < n; j++)
                a[i, j] -= factor * a[k, j];
            b[i] -= factor * b[k];
        }
        for (var i = n - 1; i >= 0; i--)
        {
            for (var j = i + 1; j < n; j++)
                b[i] -= a[i, j] * b[j];
            b[i] /= a[i, i];
        }
        return b;
    }
}
