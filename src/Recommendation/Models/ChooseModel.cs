using MarketingPlatform.Recommendation.Models.Auto;

namespace MarketingPlatform.Recommendation.Models;

/// <summary>A model that may come to serve.</summary>
/// <param name="Name">First part of its version.</param>
/// <param name="Parameters">Stored with it.</param>
/// <param name="Measurable">Its twin that never saw the held-out orders.</param>
/// <param name="Final">Trains it on everything, under a version.</param>
internal sealed record ModelCandidate(string Name, object Parameters, TrainedModel Measurable, Func<string, TrainedModel> Final);

/// <summary>
/// Which model a shop gets. With enough customers who came back it is chosen by validation on their last baskets, inside of what is not
/// held out: so the held-out orders judge a choice that has never seen them. A small shop gets co-purchase, which needs no choice.
/// </summary>
internal sealed class ChooseModel(RecommendationOptions options, ILogger log)
{
    public async Task<ModelCandidate> RunAsync(Learning learning, TrainingSet set, TrainingProgress progress, CancellationToken ct)
    {
        if (learning.Comparable < options.AutoFromCustomers)
        {
            return new ModelCandidate(
                NeighbourModel.CoPurchase,
                options.CoPurchase,
                learning.Measurable(ct),
                version => learning.Model(version, ct)
            );
        }
        var auto = new AutoTrainer(
            new AutoOptions(
                HoldOut.At,
                Part: HiddenPart.LastBasket,
                MaxItems: options.MatrixItems,
                MaxWork: options.MaxWork,
                Bounded: true,
                Threads: options.TrainingThreads
            ),
            step => log.LogDebug("Training: {Step}", step)
        );
        var data = learning.WithoutHeldOut();
        await progress.StepAsync("choosing a model", ct);
        // Off the worker's thread: solvers take minutes.
        var choice = await Task.Run(() => auto.ChooseAsync(data, "auto", progress.Found, f => progress.AddAsync(f, ct), ct), ct);
        var measurable = choice.AsValidated(data.Users) ?? await Task.Run(() => auto.Fit(choice, data, ct), ct);
        return new ModelCandidate(
            "auto",
            new { validationNdcg = Math.Round(choice.ValidationNdcg, 4), parts = choice.Described },
            new TrainedModel("hold-out", set.ProductIds, measurable),
            version => new TrainedModel(version, set.ProductIds, auto.Fit(choice, learning.Everything(), ct))
        );
    }
}
