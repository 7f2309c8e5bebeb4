using System.Globalization;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate.Uplift;

/// <summary>Where a randomised test lies, and how its columns are called.</summary>
/// <param name="Treatment">Column that says who got what.</param>
/// <param name="Control">Its value for those who were left alone.</param>
/// <param name="Treated">Its values that count as treated; none: all others.</param>
/// <param name="Features">Columns that were known before the test.</param>
internal sealed record TestColumns(
    string Treatment,
    string Control,
    IReadOnlyList<string> Treated,
    string Outcome,
    IReadOnlyList<string> Features
);

/// <summary>The people of a randomised test, as they stand in the file.</summary>
internal sealed class TestTable
{
    /// <summary>Distinct texts of a column that still make a feature each.</summary>
    private const int MostValues = 64;

    private readonly List<string[]> _features = [];

    public List<bool> Treated { get; } = [];
    public List<double> Outcomes { get; } = [];
    public int Count => Treated.Count;

    /// <exception cref="CommandException">The file cannot be used; the message names file, line and column.</exception>
    public static TestTable Read(string path, TestColumns columns, CancellationToken ct)
    {
        using var table = CsvTable.Open(path);
        var treatment = table.Column(columns.Treatment, "--treatment");
        var outcome = table.Column(columns.Outcome, "--outcome");
        var features = columns.Features.Select(name => table.Column(name, "--features")).ToArray();
        if (features.Contains(treatment) || features.Contains(outcome))
            throw new CommandException("--features may hold neither the treatment nor the outcome: both are known only afterwards.");
        var people = new TestTable();
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var groups = new SortedSet<string>(StringComparer.Ordinal);
        while (table.Read())
        {
            ct.ThrowIfCancellationRequested();
            var group = Shared(table[treatment]);
            groups.Add(group);
            var isControl = group == columns.Control;
            if (!isControl && columns.Treated.Count > 0 && !columns.Treated.Contains(group))
                continue;
            people.Treated.Add(!isControl);
            people.Outcomes.Add(table.Number(outcome));
            people._features.Add([.. features.Select(feature => Shared(table[feature]))]);
        }
        foreach (var named in columns.Treated.Append(columns.Control).Where(named => !groups.Contains(named)))
            throw new CommandException(
                $"{path}, column \"{columns.Treatment}\": nobody has \"{named}\". Its values are: {string.Join(", ", groups.Take(20))}."
            );
        return people;

        string Shared(ReadOnlySpan<char> field)
        {
            var lookup = texts.GetAlternateLookup<ReadOnlySpan<char>>();
            if (!lookup.TryGetValue(field, out var text))
                texts[text = field.ToString()] = text;
            return text;
        }
    }

    /// <summary>Turns features into numbers: a column of numbers as it is, one of texts into a 0 or 1 for each value.</summary>
    /// <param name="learnedFrom">The people from whom values are known; others' unknown values are none of them.</param>
    public float[][] Encode(IReadOnlyList<int> learnedFrom)
    {
        var width = _features.Count == 0 ? 0 : _features[0].Length;
        var encoders = Enumerable.Range(0, width).Select(column => Encoder(column, learnedFrom)).ToArray();
        return [.. _features.Select(row => row.SelectMany((text, column) => encoders[column](text)).ToArray())];
    }

    private Func<string, float[]> Encoder(int column, IReadOnlyList<int> learnedFrom)
    {
        var values = learnedFrom.Select(i => _features[i][column]).Distinct().Order(StringComparer.Ordinal).ToArray();
        if (values.All(value => value.Length == 0 || Number(value) is not null))
            return text => [Number(text) ?? float.NaN];
        var kept = values.Take(MostValues).ToArray();
        return text => [.. kept.Select(value => value == text ? 1f : 0f)];
    }

    private static float? Number(string text) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number) ? number : null;
}
