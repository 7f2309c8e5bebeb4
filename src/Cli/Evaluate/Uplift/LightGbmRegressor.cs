using MarketingPlatform.Experimentation.Uplift;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.LightGbm;

namespace MarketingPlatform.Cli.Evaluate.Uplift;

/// <summary>Gradient-boosted trees for the meta-learners of Experimentation.</summary>
/// <remarks>
/// Small trees, slowly learned, with leaves of at least a hundredth of the people: effects of marketing are small beside the noise, and
/// finer leaves would learn the noise. Deterministic: one thread, one seed.
/// </remarks>
internal static class LightGbmRegressor
{
    private const int Trees = 100;
    private const int Leaves = 8;
    private const double LearningRate = 0.03;
    private const int LeavesPerSample = 100;
    private const int SmallestLeaf = 20;

    public static Regressor Create(int seed) => (features, outcomes) => Fit(features, outcomes, seed);

    private static Predictor Fit(IReadOnlyList<float[]> features, IReadOnlyList<double> outcomes, int seed)
    {
        var ml = new MLContext(seed);
        var schema = SchemaDefinition.Create(typeof(Case));
        schema[nameof(Case.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features[0].Length);
        var data = ml.Data.LoadFromEnumerable(
            features.Select((row, i) => new Case { Features = row, Outcome = (float)outcomes[i] }).ToArray(),
            schema
        );
        var trainer = ml.Regression.Trainers.LightGbm(
            new LightGbmRegressionTrainer.Options
            {
                FeatureColumnName = nameof(Case.Features),
                LabelColumnName = nameof(Case.Outcome),
                NumberOfIterations = Trees,
                NumberOfLeaves = Leaves,
                LearningRate = LearningRate,
                MinimumExampleCountPerLeaf = Math.Max(SmallestLeaf, features.Count / LeavesPerSample),
                NumberOfThreads = 1,
                Seed = seed,
                Deterministic = true,
            }
        );
        var model = trainer.Fit(data);
        return people =>
        {
            var asked = ml.Data.LoadFromEnumerable(people.Select(row => new Case { Features = row }).ToArray(), schema);
            return
            [
                .. ml.Data.CreateEnumerable<Answer>(model.Transform(asked), reuseRowObject: true).Select(answer => (double)answer.Score),
            ];
        };
    }

    private sealed class Case
    {
        public float[] Features { get; set; } = [];
        public float Outcome { get; set; }
    }

    private sealed class Answer
    {
        public float Score { get; set; }
    }
}
