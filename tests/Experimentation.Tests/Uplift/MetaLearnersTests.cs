using MarketingPlatform.Experimentation.Uplift;
using Xunit;

namespace MarketingPlatform.Experimentation.Tests.Uplift;

public sealed class MetaLearnersTests
{
    /// <summary>The mean outcome of all who share the first feature: a learner simple enough to work out by hand.</summary>
    private static readonly Regressor GroupMeans = (features, outcomes) =>
    {
        var means = features
            .Zip(outcomes)
            .GroupBy(pair => pair.First[0])
            .ToDictionary(group => group.Key, group => group.Average(p => p.Second));
        return people => [.. people.Select(person => means[person[0]])];
    };

    public static TheoryData<string> Names => ["two-model", "transformed-outcome", "x-learner"];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_effect_on_each_group_is_found(string name)
    {
        // Group 0 buys 10 % in any case, group 1 10 % and 30 % when treated, group 2 40 % and 25 % when treated.
        var sample = People(60_000, new Random(1), treatedShare: 0.3);

        var effects = Learn(name, sample)([
            [0f],
            [1f],
            [2f],
        ]);

        Assert.Equal([0, 0.2, -0.15], effects, (a, b) => Math.Abs(a - b) < 0.02);
    }

    [Fact]
    public void Two_models_of_group_means_are_the_difference_of_group_means()
    {
        float[][] features =
        [
            [0],
            [0],
            [0],
            [0],
            [1],
            [1],
        ];
        var sample = new UpliftSample(features, [true, true, false, false, true, false], [4, 6, 1, 2, 7, 7]);

        Assert.Equal(
            [3.5, 0],
            MetaLearners.TwoModel(sample, GroupMeans)([
                [0f],
                [1f],
            ])
        );

        // Both halves of the X-learner then say the same.
        Assert.Equal(
            [3.5, 0],
            MetaLearners.XLearner(sample, GroupMeans)([
                [0f],
                [1f],
            ]),
            (a, b) => Math.Abs(a - b) < 1e-12
        );
    }

    [Fact]
    public void A_sample_without_two_arms_is_refused()
    {
        float[][] features =
        [
            [0],
            [0],
            [0],
        ];
        Assert.Throws<ArgumentException>(() => new UpliftSample(features, [true, true, true], [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => new UpliftSample(features, [true, false], [1, 2]));
    }

    private static Predictor Learn(string name, UpliftSample sample) =>
        name switch
        {
            "two-model" => MetaLearners.TwoModel(sample, GroupMeans),
            "transformed-outcome" => MetaLearners.TransformedOutcome(sample, GroupMeans),
            _ => MetaLearners.XLearner(sample, GroupMeans),
        };

    private static UpliftSample People(int count, Random random, double treatedShare)
    {
        (double Alone, double Treated)[] groups = [(0.1, 0.1), (0.1, 0.3), (0.4, 0.25)];
        var (features, treated, outcomes) = (new float[count][], new bool[count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            features[i] = [random.Next(3)];
            treated[i] = random.NextDouble() < treatedShare;
            var (alone, with) = groups[(int)features[i][0]];
            outcomes[i] = random.NextDouble() < (treated[i] ? with : alone) ? 1 : 0;
        }
        return new UpliftSample(features, treated, outcomes);
    }
}
