using CsCheck;
using MarketingPlatform.Experimentation.Analysis;
using MarketingPlatform.Experimentation.Distributions;
using MarketingPlatform.Experimentation.Intervals;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Analysis;

public sealed class AnalysisTests
{
    [Fact]
    public void Parts_combined_are_the_whole() =>
        Gen.Select(Gen.Double[-100, 100], Gen.Double[1, 5], Gen.Double[0, 9])
            .List[4, 60]
            .Sample(
                (rows) =>
                {
                    var (whole, left, right) = (new UnitMoments(), new UnitMoments(), new UnitMoments());
                    for (var i = 0; i < rows.Count; i++)
                    {
                        var (y, d, x) = rows[i];
                        whole.Add(y, d, x);
                        (i % 3 == 0 ? left : right).Add(y, d, x);
                    }
                    left.Combine(right);
                    return left.Units == whole.Units
                        && Near(left.Mean, whole.Mean)
                        && Near(left.Variance, whole.Variance)
                        && Near(left.CovariateCovariance, whole.CovariateCovariance)
                        && Near(left.ActiveVariance, whole.ActiveVariance);
                }
            );

    [Fact]
    public void Units_that_are_alike_count_as_if_each_was_added() =>
        Gen.Select(Gen.Int[0, 40], Gen.Double[-5, 50], Gen.Double[0, 9])
            .List[1, 12]
            .Sample(groups =>
            {
                var (one, alike) = (new UnitMoments(), new UnitMoments());
                foreach (var (count, y, x) in groups)
                {
                    alike.AddAlike(count, y, x);
                    for (var i = 0; i < count; i++)
                        one.Add(y, 1, x);
                }
                return alike.Units == one.Units
                    && (alike.Active, alike.NotBinary, alike.Negative) == (one.Active, one.NotBinary, one.Negative)
                    && (
                        one.Units < 2
                        || Near(alike.Mean, one.Mean)
                            && Near(alike.Variance, one.Variance)
                            && Near(alike.CovariateCovariance, one.CovariateCovariance)
                            && Near(alike.ActiveVariance, one.ActiveVariance)
                    );
            });

    /// <summary>The delta method against many repetitions of the experiment: orders per visit, where who visits more orders more.</summary>
    [Fact]
    public void The_error_of_a_ratio_is_what_repetition_shows()
    {
        var random = new Random(8);
        var ratios = new List<double>();
        var errors = new List<double>();
        for (var run = 0; run < 2_000; run++)
        {
            var arm = new UnitMoments();
            for (var unit = 0; unit < 400; unit++)
            {
                var visits = 1 + random.Next(6);
                var eager = random.NextDouble();
                arm.Add(Enumerable.Range(0, visits).Count(_ => random.NextDouble() < 0.4 * eager), visits);
            }
            ratios.Add(arm.Mean);
            errors.Add(Estimate.Of(arm).StandardError);
        }
        var mean = ratios.Average();
        var seen = Math.Sqrt(ratios.Sum(ratio => (ratio - mean) * (ratio - mean)) / (ratios.Count - 1));
        Assert.Equal(1, errors.Average() / seen, 0.05);
    }

    /// <summary>Deng et al. 2013: what is left of the variance is 1 − ρ².</summary>
    [Theory]
    [InlineData(0.3)]
    [InlineData(0.7)]
    [InlineData(0.9)]
    public void A_covariate_cuts_the_variance_by_the_square_of_its_correlation(double correlation)
    {
        var random = new Random(2);
        UnitMoments[] arms = [new(), new()];
        for (var i = 0; i < 400_000; i++)
        {
            var before = NormalDistribution.Sample(random);
            arms[i % 2]
                .Add(3 + correlation * before + Math.Sqrt(1 - correlation * correlation) * NormalDistribution.Sample(random), 1, before);
        }
        var adjusted = Cuped.Adjust(arms);
        var cut = 1 - adjusted.Sum(arm => arm.Variance) / adjusted.Sum(arm => arm.UnadjustedVariance);
        Assert.Equal(correlation * correlation, cut, 0.01);
    }

    [Theory]
    [InlineData(-10, -5, 0.5)]
    [InlineData(-10, -15, -0.5)]
    [InlineData(-2, 3, 2.5)]
    [InlineData(10, 15, 0.5)]
    public void A_relative_difference_keeps_its_direction_where_the_control_is_negative(double control, double treatment, double share)
    {
        static Estimate Of(double mean) => new(100, mean, 1, mean, 1, 1);
        Assert.Equal(share, Difference.Of(Of(control), Of(treatment), DifferenceKind.Relative)!.Value.Value, 1e-12);
    }

    [Fact]
    public void Newcombes_p_value_is_below_alpha_exactly_where_the_interval_leaves_out_0() =>
        Gen.Select(Gen.Int[0, 30], Gen.Int[0, 30])
            .Sample(
                (a, b) =>
                {
                    var tested = NewcombeTest.Test(new Proportion(a, 30), new Proportion(b, 30));
                    return tested.P < 0.05 == (tested.Lower > 0 || tested.Upper < 0) || Math.Abs(tested.P - 0.05) < 1e-6;
                }
            );

    /// <summary>By hand: 5,000 and 4,700 units: χ² = 9.278 with one degree of freedom.</summary>
    [Fact]
    public void Unequal_arms_are_an_alarm()
    {
        Assert.Equal(ChiSquareDistribution.UpperTail(300.0 * 300 / 9_700, 1), SampleRatio.P([5_000, 4_700]), 1e-12);
        Assert.True(SampleRatio.P([50_000, 49_000]) > SampleRatio.Alarm);
        Assert.True(SampleRatio.P([500_000, 490_000]) < SampleRatio.Alarm);
        Assert.Equal(1, SampleRatio.P([900, 100], [0.9, 0.1]), 1e-12);
    }

    [Fact]
    public void The_sequential_sample_ratio_test_hardly_ever_rings_by_chance_and_rings_when_it_must()
    {
        var random = new Random(6);
        var alarms = 0;
        for (var run = 0; run < 500; run++)
        {
            long[] units = [0, 0];
            for (var unit = 1; unit <= 5_000; unit++)
            {
                units[random.Next(2)]++;
                if (unit % 50 == 0 && SampleRatio.SequentialP(units) < SampleRatio.Alarm)
                {
                    alarms++;
                    break;
                }
            }
        }
        Assert.InRange(alarms, 0, 3);
        Assert.True(SampleRatio.SequentialP([52_000, 50_000]) < SampleRatio.Alarm);
    }

    /// <summary>Holm's and Benjamini and Hochberg's adjusted values of a worked example (R: p.adjust).</summary>
    [Fact]
    public void Several_p_values_are_raised_as_R_raises_them()
    {
        double[] p = [0.01, 0.04, 0.03, 0.005];
        Assert.Equal([0.03, 0.06, 0.06, 0.02], Multiplicity.Holm(p).Select(value => Math.Round(value, 10)));
        Assert.Equal([0.02, 0.04, 0.04, 0.02], Multiplicity.BenjaminiHochberg(p).Select(value => Math.Round(value, 10)));
    }

    [Theory]
    [InlineData(0, "Shown is 0 for every unit")]
    [InlineData(1, "There is one arm, A: a comparison needs at least two.")]
    [InlineData(2, "The arm B has 1 unit: at least 2 are needed")]
    [InlineData(3, "No arm is called Z; the arms are: A, B.")]
    public void What_cannot_be_analysed_is_refused_with_the_reason(int what, string reason)
    {
        ObservedArm A(params double[] values) => new("A", Of(values));
        ObservedArm B(params double[] values) => new("B", Of(values));
        var (arms, control) = what switch
        {
            0 => (new[] { A(0, 0), B(0, 0) }, "A"),
            1 => ([A(0, 1)], "A"),
            2 => ([A(0, 1), B(1)], "A"),
            _ => ([A(0, 1), B(1, 0)], "Z"),
        };
        var failure = Assert.Throws<UnanalysableException>(() =>
            MetricAnalyser.Analyse(arms, new AnalysisPlan { Metric = "Shown", Control = control })
        );
        Assert.StartsWith(reason, failure.Message);
    }

    [Theory]
    [InlineData(
        InferenceMethod.Fixed,
        "New raised orders from 10 % to 20 %, +100 %; the true change lies between +6.73 and +13.3 percentage points"
    )]
    [InlineData(InferenceMethod.Sequential, "you may look again whenever you like.")]
    [InlineData(InferenceMethod.Bayesian, "New is better than Old in orders with a probability of more than 99.9 %")]
    public void A_result_explains_itself(InferenceMethod method, string part)
    {
        ObservedArm[] arms = [new("Old", Rate(90, 900)), new("New", Rate(180, 900))];
        var result = MetricAnalyser.Analyse(
            arms,
            new AnalysisPlan
            {
                Metric = "orders",
                Control = "Old",
                Method = method,
            }
        );
        Assert.Contains(part, result.Sentence, StringComparison.Ordinal);
        Assert.Equal(["Old", "New"], result.Arms.Select(arm => arm.Name));
        Assert.True(result.IsRate);
    }

    [Fact]
    public void Arms_of_the_wrong_size_are_not_to_be_trusted()
    {
        ObservedArm[] arms = [new("Old", Rate(90, 900)), new("New", Rate(180, 1_300))];
        var result = MetricAnalyser.Analyse(arms, new AnalysisPlan { Metric = "orders", Control = "Old" });
        Assert.True(result.SampleRatioAlarm);
        Assert.StartsWith("Do not trust this yet", result.Sentence);
    }

    /// <summary>At 50 people as at 5 million: the interval covers the true difference as often as promised, revenue with many zeros
    /// included.</summary>
    [Theory]
    [InlineData(25, false, 0.93)]
    [InlineData(400, true, 0.93)]
    public void Intervals_cover_what_they_promise(int unitsAnArm, bool revenue, double least)
    {
        var random = new Random(9);
        var covered = 0;
        const int Runs = 2_000;
        for (var run = 0; run < Runs; run++)
        {
            var (a, b) = (new UnitMoments(), new UnitMoments());
            for (var i = 0; i < unitsAnArm; i++)
            {
                a.Add(Value());
                b.Add(Value());
            }
            var tested = revenue
                ? WelchTest.Test(Difference.Of(Estimate.Of(a), Estimate.Of(b))!.Value)
                : NewcombeTest.Test(new Proportion(a.Active, unitsAnArm), new Proportion(b.Active, unitsAnArm));
            covered += tested is { Lower: <= 0, Upper: >= 0 } ? 1 : 0;
        }
        Assert.InRange((double)covered / Runs, least, 1);

        double Value() =>
            random.NextDouble() >= 0.1 ? 0
            : revenue ? Math.Exp(3 + 0.8 * NormalDistribution.Sample(random))
            : 1;
    }

    private static UnitMoments Of(params double[] values)
    {
        var moments = new UnitMoments();
        foreach (var value in values)
            moments.Add(value);
        return moments;
    }

    private static UnitMoments Rate(int successes, int units) => Of([.. Enumerable.Range(0, units).Select(i => i < successes ? 1.0 : 0.0)]);

    private static bool Near(double a, double b) => Math.Abs(a - b) <= 1e-9 * (1 + Math.Abs(a) + Math.Abs(b));
}
