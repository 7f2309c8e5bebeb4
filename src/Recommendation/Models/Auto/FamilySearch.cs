namespace MarketingPlatform.Recommendation.Models.Auto;

/// <summary>The best setting found for a variant.</summary>
/// <param name="Ndcg">Mean over the folds.</param>
/// <param name="Models">As trained on each fold.</param>
internal sealed record Found(Family Family, string Algorithm, double[] Setting, double Ndcg, IReadOnlyList<IRecommender> Models)
{
    public string Words => Family.Describe(Setting);
}

/// <summary>
/// Searches a family's hyper-parameters: from the start it goes along one axis after the other, in either direction as long as the best
/// variant gets better, until no axis helps; along finely cut axes by two values first, then by one. No setting is tried twice. Validation only; no randomness of its own.
/// </summary>
internal sealed class FamilySearch(
    IReadOnlyList<ValidationSplit> folds,
    int k,
    bool repeats,
    int maxSettings,
    int threads,
    Action<string> progress
)
{
    private const int FinelyCut = 9;

    /// <summary>Nothing is searched: the settings found before, trained on the folds again.</summary>
    public IReadOnlyList<Found> Again(Family family, IReadOnlyList<FoundSetting> before, CancellationToken ct) =>
        [
            .. before.Select(found => new Found(
                family,
                found.Algorithm,
                found.Setting,
                found.Ndcg,
                [.. folds.Select(fold => family.Train(fold.Fitting, found.Setting, ct).Single(v => v.Algorithm == found.Algorithm).Model)]
            )),
        ];

    public IReadOnlyList<Found> Run(Family family, CancellationToken ct)
    {
        var best = new Dictionary<string, Found>(StringComparer.Ordinal);
        var tried = new Dictionary<string, double>(StringComparer.Ordinal);
        var place = family.Axes.Select(a => a.Start).ToArray();
        var reached = Try(place);
        foreach (var stride in new[] { 2, 1 })
        {
            for (var better = true; better; )
            {
                better = false;
                for (var axis = 0; axis < place.Length; axis++)
                {
                    // Wide steps are for axes that are finely cut.
                    if (stride == 1 || family.Axes[axis].Values.Length >= FinelyCut)
                    {
                        better |= Climb(axis, stride) || Climb(axis, -stride);
                    }
                }
            }
        }
        return [.. best.Values];

        bool Climb(int axis, int step)
        {
            var climbed = false;
            while (place[axis] + step >= 0 && place[axis] + step < family.Axes[axis].Values.Length && tried.Count < maxSettings)
            {
                var next = place.ToArray();
                next[axis] += step;
                var value = Try(next);
                if (value <= reached)
                {
                    break;
                }
                (place, reached, climbed) = (next, value, true);
            }
            return climbed;
        }

        double Try(int[] at)
        {
            var key = string.Join(',', at);
            if (tried.TryGetValue(key, out var known))
            {
                return known;
            }
            double[] setting = [.. at.Select((index, axis) => family.Axes[axis].Values[index])];
            var perFold = folds.Select(fold => family.Train(fold.Fitting, setting, ct)).ToArray();
            var top = double.NegativeInfinity;
            for (var variant = 0; variant < perFold[0].Count; variant++)
            {
                IRecommender[] models = [.. perFold.Select(fold => fold[variant].Model)];
                var ndcg = models.Select((model, fold) => Measuring.Ndcg(model, folds[fold], k, repeats, threads, ct)).Average();
                var name = perFold[0][variant].Algorithm;
                progress(FormattableString.Invariant($"{name} {family.Describe(setting)}: validation nDCG@{k} {ndcg:0.0000}"));
                if (!best.TryGetValue(name, out var old) || ndcg > old.Ndcg)
                {
                    best[name] = new Found(family, name, setting, ndcg, models);
                }
                top = Math.Max(top, ndcg);
            }
            return tried[key] = top;
        }
    }
}
