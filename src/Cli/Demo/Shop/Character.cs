namespace MarketingPlatform.Cli.Demo.Shop;

/// <summary>Hidden traits. Times are shares of the two years: 0 is the first day, 1 the last.</summary>
internal sealed class Character
{
    public static readonly IReadOnlyList<string> Channels = ["email", "social", "search", "direct"];

    /// <summary>Weight of each category, by its place in <see cref="Assortment.Categories"/>.</summary>
    public required double[] Tastes { get; init; }

    /// <summary>0: price does not matter; 1: nearly only the cheap products are bought.</summary>
    public required double PriceSensitivity { get; init; }

    public required string FavouriteChannel { get; init; }

    /// <summary>Average share of the two years between two visits.</summary>
    public required double VisitGap { get; init; }

    /// <summary>Probability that a visit ends in an order.</summary>
    public required double Conversion { get; init; }

    public required double JoinsAt { get; init; }

    public required double LeavesAt { get; init; }

    public required bool AllowsEmail { get; init; }

    public required bool AllowsProfiling { get; init; }

    public static Character Generate(string gender, int birthYear, Chance chance)
    {
        var tastes = Assortment.Categories.Select(_ => Math.Exp(1.4 * chance.Normal())).ToArray();

        // Demographics tell a little about tastes, as they do in life: enough to learn from, too little to judge a person by.
        if (gender == "female")
            tastes[5] *= 1.5;
        if (birthYear < 1970)
            tastes[10] *= 2;
        if (birthYear is > 1978 and < 1995)
            tastes[11] *= 1.8;

        var sensitivity = chance.Unit();
        var joins = chance.Happens(0.4) ? 0.04 * chance.Unit() : 0.97 * chance.Unit();
        return new Character
        {
            Tastes = tastes,
            PriceSensitivity = sensitivity,
            FavouriteChannel = Channels[chance.Weighted(birthYear > 1990 ? [0.2, 0.45, 0.2, 0.15] : [0.4, 0.15, 0.25, 0.2])],
            VisitGap = 1 / (21 * Math.Exp(0.75 * chance.Normal())),
            Conversion = Math.Clamp(0.56 - 0.2 * sensitivity + 0.08 * chance.Normal(), 0.1, 0.8),
            JoinsAt = joins,
            LeavesAt = Math.Min(1, joins + chance.Exponential(0.9)),
            AllowsEmail = chance.Happens(0.75),
            AllowsProfiling = chance.Happens(0.85),
        };
    }
}
