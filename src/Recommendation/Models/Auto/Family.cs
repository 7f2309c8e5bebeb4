namespace MarketingPlatform.Recommendation.Models.Auto;

/// <summary>A hyper-parameter with the values that may be tried, ascending.</summary>
/// <param name="Start">Index of the value from which the search sets out.</param>
internal sealed record Axis(string Name, double[] Values, int Start);

/// <summary>A model of a certain kind, as one training of its family made it.</summary>
internal sealed record Variant(string Algorithm, IRecommender Model);

/// <summary>Models that are trained and searched together, because they share their expensive step or their hyper-parameters.</summary>
/// <param name="Cost">Multiplications of one training, roughly: it decides how many folds and settings can be afforded.</param>
/// <param name="Seed">The axis that is only the start of the random numbers, where there are any.</param>
/// <param name="Train">From one value an axis to one model a variant.</param>
internal sealed record Family(
    string Name,
    IReadOnlyList<Axis> Axes,
    double Cost,
    Func<Interactions, double[], CancellationToken, IReadOnlyList<Variant>> Train,
    int? Seed = null
)
{
    public double[] Start => [.. Axes.Select(a => a.Values[a.Start])];

    /// <summary>The setting in words, for reports: <c>l2=300 dropout=0.33</c>.</summary>
    public string Describe(double[] setting) =>
        string.Join(' ', Axes.Select((axis, at) => FormattableString.Invariant($"{axis.Name}={setting[at]}")));
}
