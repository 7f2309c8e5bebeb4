using System.Globalization;

namespace MarketingPlatform.Console.Ads;

/// <summary>As <c>GET /api/v1/ads/response</c> answers.</summary>
internal sealed record WeeklyModel(
    string Currency,
    DateOnly FirstWeek,
    DateOnly LastWeek,
    int Weeks,
    double RSquared,
    bool Usable,
    IReadOnlyList<WeeklyChannel> Channels,
    IReadOnlyList<string> Notes,
    DateTimeOffset FittedAt
);

internal sealed record WeeklyChannel(
    string Channel,
    double Spend,
    double Daily,
    Interval Roi,
    Interval Adstock,
    Interval HalfSaturation,
    int Calibrated,
    IReadOnlyList<WeeklyCurve> Curves
);

/// <summary>A median with its 90 % interval.</summary>
internal sealed record Interval(double Estimate, double Lower, double Upper)
{
    public string Text => $"{Of(Estimate)} ({Of(Lower)} to {Of(Upper)})";

    private static string Of(double value) => value.ToString("N2", CultureInfo.InvariantCulture);
}

internal sealed record WeeklyCurve(double Scale, double HalfSaturation, double Shape)
{
    public double At(double spend) => spend <= 0 ? 0 : Scale / (1 + Math.Pow(HalfSaturation / spend, Shape));
}

/// <summary>What a channel is believed to cause at each spend a day, with 90 % around it, ready to be drawn.</summary>
internal sealed record DrawnResponse(
    IReadOnlyList<string> Spends,
    IReadOnlyList<decimal> Expected,
    IReadOnlyList<decimal> Low,
    IReadOnlyList<decimal> High
)
{
    private const int Steps = 20;

    public static DrawnResponse Of(WeeklyChannel channel)
    {
        var most = Math.Max(1, 2 * channel.Daily);
        var spends = Enumerable.Range(0, Steps + 1).Select(step => most * step / Steps).ToArray();
        var points = spends.Select(spend => channel.Curves.Select(curve => curve.At(spend)).Order().ToArray()).ToArray();
        return new(
            [.. spends.Select(spend => spend.ToString(most < 100 ? "0.00" : "0", CultureInfo.InvariantCulture))],
            [.. points.Select(all => Money(all.Length == 0 ? 0 : all.Average()))],
            [.. points.Select(all => Part(all, 0.05))],
            [.. points.Select(all => Part(all, 0.95))]
        );
    }

    private static decimal Part(double[] sorted, double part) => Money(sorted.Length == 0 ? 0 : sorted[(int)(part * (sorted.Length - 1))]);

    private static decimal Money(double amount) => (decimal)Math.Round(Math.Min(amount, 1e15), 2);
}
