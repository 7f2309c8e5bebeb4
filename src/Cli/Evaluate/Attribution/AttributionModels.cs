using MarketingPlatform.Experimentation.Attribution;

namespace MarketingPlatform.Cli.Evaluate.Attribution;

/// <summary>The models by the names that the command line has for them.</summary>
/// <param name="UsesNulls">Whether paths that ended without a purchase say anything to it.</param>
internal sealed record NamedModel(string Name, IAttributionModel Model, int MostChannels, bool UsesNulls)
{
    public const string Markov = "markov";
    public const string TimeDecay = "time-decay";
    public static readonly string[] Names = ["first", "last", "linear", TimeDecay, "position", Markov, "shapley"];

    public static NamedModel Create(string name, int order, bool withNulls, double halfLife) =>
        name switch
        {
            "first" => Positional(name, PositionalAttribution.First()),
            "last" => Positional(name, PositionalAttribution.Last()),
            "linear" => Positional(name, PositionalAttribution.Linear()),
            TimeDecay => Positional(name, PositionalAttribution.TimeDecay(halfLife)),
            "position" => Positional(name, PositionalAttribution.Position()),
            Markov => new(name, new MarkovAttribution(order, withNulls), MarkovAttribution.MostChannels, withNulls),
            "shapley" => new(name, new ShapleyAttribution(), ShapleyAttribution.MostChannels, UsesNulls: false),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such model."),
        };

    private static NamedModel Positional(string name, PositionalAttribution model) => new(name, model, int.MaxValue, UsesNulls: false);
}
