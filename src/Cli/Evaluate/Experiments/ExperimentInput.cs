using MarketingPlatform.Experimentation.Analysis;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate.Experiments;

/// <summary>Which columns mean what.</summary>
/// <param name="Unit">Whose rows belong together; null: each row is a unit.</param>
/// <param name="Denominator">Makes the metrics ratios: the sum of the metric by the sum of this.</param>
internal sealed record ExperimentColumns(
    string Arm,
    IReadOnlyList<string> Metrics,
    string? Unit = null,
    string? Denominator = null,
    string? Covariate = null,
    string? Segment = null
);

/// <summary>An experiment's rows summed up by arm, and by arm and segment.</summary>
internal sealed class ExperimentInput
{
    private const int MostArms = 100;
    private const int MostSegments = 1_000;

    private readonly ExperimentColumns _columns;
    private readonly Names _arms;
    private readonly Names _segments;
    private readonly List<UnitMoments[]> _byArm = [];
    private readonly Dictionary<(int Arm, int Segment), UnitMoments> _bySegment = [];

    private ExperimentInput(CsvTable table, ExperimentColumns columns)
    {
        _columns = columns;
        _arms = new Names(table, columns.Arm, MostArms, "arms");
        _segments = new Names(table, columns.Segment ?? "", MostSegments, "segments");
    }

    /// <summary>Rows read.</summary>
    public long Rows { get; private set; }

    /// <summary>Units that were seen in several arms and are left out.</summary>
    public long UnitsInSeveralArms { get; private set; }

    /// <summary>The arms, by name.</summary>
    public IReadOnlyList<ObservedArm> Arms(int metric) =>
        [.. _byArm.Select((moments, arm) => new ObservedArm(_arms[arm], moments[metric])).OrderBy(arm => arm.Name, StringComparer.Ordinal)];

    /// <summary>Each segment's arms for the first metric, by name.</summary>
    public IReadOnlyList<(string Segment, IReadOnlyList<ObservedArm> Arms)> Segments() =>
        [
            .. _bySegment
                .GroupBy(one => one.Key.Segment)
                .Select(group =>
                    (
                        _segments[group.Key],
                        (IReadOnlyList<ObservedArm>)
                            [
                                .. group
                                    .Select(one => new ObservedArm(_arms[one.Key.Arm], one.Value))
                                    .OrderBy(arm => arm.Name, StringComparer.Ordinal),
                            ]
                    )
                )
                .OrderBy(one => one.Item1, StringComparer.Ordinal),
        ];

    /// <summary>Reads a table to its end, in one pass.</summary>
    public static ExperimentInput Read(CsvTable table, ExperimentColumns columns, CancellationToken ct)
    {
        var input = new ExperimentInput(table, columns);
        input.ReadRows(table, ct);
        return input.Rows > 0 ? input : throw new CommandException($"{table.Path} has a header and no rows.");
    }

    private void ReadRows(CsvTable table, CancellationToken ct)
    {
        var arm = table.Column(_columns.Arm, "--arm");
        var metrics = _columns.Metrics.Select(name => table.Column(name, "--metric")).ToArray();
        var unit = Optional(_columns.Unit, "--unit");
        var denominator = Optional(_columns.Denominator, "--denominator");
        var covariate = Optional(_columns.Covariate, "--covariate");
        var segment = Optional(_columns.Segment, "--segment");

        // Metrics, then denominator, then covariate.
        var row = new double[metrics.Length + 2];
        using var units = new UnitTable(row.Length);
        while (table.Read())
        {
            if ((++Rows & 0xFFFF) == 0)
                ct.ThrowIfCancellationRequested();
            for (var i = 0; i < metrics.Length; i++)
                row[i] = table.Number(metrics[i]);
            row[^2] = denominator is { } below ? NotNegative(table, below) : 1;
            row[^1] = covariate is { } before ? table.Number(before) : 0;
            var armNumber = _arms.Number(table[arm], arm);
            var segmentNumber = segment is { } place ? _segments.Number(table[place], place) : 0;
            if (unit is not { } id)
                Take(armNumber, segmentNumber, 1, row);
            else if (table[id].IsWhiteSpace())
                throw table.Bad(id, "empty where a unit's id is needed.");
            else
                units.Add(UnitKey.Of(table[id]), armNumber, segmentNumber, row);
        }
        units.Drain(
            (known, sums) =>
            {
                if (known.Arm == UnitRow.SeveralArms)
                    UnitsInSeveralArms++;
                else
                    Take(known.Arm, known.Segment, known.Rows, sums);
            }
        );

        int? Optional(string? name, string option) => name is null ? null : table.Column(name, option);
    }

    private void Take(int arm, int segment, long rows, ReadOnlySpan<double> sums)
    {
        while (_byArm.Count <= arm)
            _byArm.Add([.. _columns.Metrics.Select(_ => new UnitMoments())]);
        for (var i = 0; i < _columns.Metrics.Count; i++)
            Add(_byArm[arm][i], sums[i], sums[^2], sums[^1] / rows);
        if (_columns.Segment is null)
            return;
        if (!_bySegment.TryGetValue((arm, segment), out var moments))
            _bySegment[(arm, segment)] = moments = new UnitMoments();
        Add(moments, sums[0], sums[^2], sums[^1] / rows);
    }

    private void Add(UnitMoments moments, double numerator, double denominator, double covariate)
    {
        if (_columns.Denominator is null && _columns.Covariate is null)
            moments.Add(numerator);
        else
            moments.Add(numerator, _columns.Denominator is null ? 1 : denominator, covariate);
    }

    private static double NotNegative(CsvTable table, int column)
    {
        var number = table.Number(column);
        return number >= 0 ? number : throw table.Bad(column, "a denominator below 0.");
    }

    /// <summary>Numbers for the different values of a column.</summary>
    private sealed class Names(CsvTable table, string column, int most, string what)
    {
        private readonly List<string> _names = [];
        private readonly Dictionary<string, int> _numbers = [];

        public string this[int number] => _names[number];

        public int Number(ReadOnlySpan<char> name, int place)
        {
            if (_numbers.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var number))
                return number;
            if (name.IsWhiteSpace())
                throw table.Bad(place, $"empty where one of the {what} is named.");
            if (_names.Count == most)
                throw table.Bad(
                    place,
                    $"more than {most:N0} different values in \"{column}\", too many for {what}; is it the right column?"
                );
            _names.Add(name.ToString());
            return _numbers[_names[^1]] = _names.Count - 1;
        }
    }
}
