namespace MarketingPlatform.AdOptimization.Response;

/// <summary>
/// What the target does without advertising: level, straight trend, yearly seasons as Fourier pairs, and controls. It enters the model with
/// flat priors, so it can be projected out: what is left of a series is the part that none of these can explain.
/// </summary>
internal sealed class Baseline
{
    private const double DaysOfYear = 365.25;

    private readonly List<double[]> directions = [];

    /// <param name="seasons">Fourier pairs of the year.</param>
    public Baseline(MixData data, int seasons)
    {
        var days = data.Dates.Select(d => (double)(d.DayNumber - data.Dates[0].DayNumber)).ToArray();
        Add([.. days.Select(_ => 1.0)]);
        Add(days);
        for (var pair = 1; pair <= seasons; pair++)
        {
            var cycle = 2 * Math.PI * pair / DaysOfYear;
            Add([.. data.Dates.Select(d => Math.Sin(cycle * d.DayNumber))]);
            Add([.. data.Dates.Select(d => Math.Cos(cycle * d.DayNumber))]);
        }
        foreach (var control in data.Controls)
            Add(control.Values);
    }

    /// <value>Independent columns.</value>
    public int Rank => directions.Count;

    /// <summary>Takes out of <paramref name="series"/> what the baseline explains.</summary>
    public void Project(Span<double> series)
    {
        foreach (var direction in directions)
        {
            var part = Vectors.Dot(direction, series);
            Vectors.AddScaled(series, direction, -part);
        }
    }

    /// <summary>Gram and Schmidt, twice for exactness; a column that the others make up already adds nothing.</summary>
    private void Add(double[] column)
    {
        double[] rest = [.. column];
        var before = Math.Sqrt(Vectors.Dot(rest, rest));
        Project(rest);
        Project(rest);
        var after = Math.Sqrt(Vectors.Dot(rest, rest));
        if (after > 1e-9 * before)
            directions.Add([.. rest.Select(x => x / after)]);
    }
}
