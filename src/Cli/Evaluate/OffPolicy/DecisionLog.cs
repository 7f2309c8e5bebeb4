using MarketingPlatform.Experimentation.OffPolicy;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Evaluate.OffPolicy;

/// <summary>How the columns of a log are called.</summary>
/// <param name="Contexts">Columns that together say in which situation a decision was made; may be none.</param>
internal sealed record LogColumns(string Action, string Reward, string Propensity, IReadOnlyList<string> Contexts);

/// <summary>Names of contexts and actions, numbered as they come up, the same in all files of a question.</summary>
internal sealed class Names
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    public int Count => _numbers.Count;

    public int this[string name]
    {
        get
        {
            if (!_numbers.TryGetValue(name, out var number))
                _numbers[name] = number = _numbers.Count;
            return number;
        }
    }
}

/// <summary>Reads logged decisions, and target policies as tables.</summary>
internal sealed class DecisionLog(LogColumns columns)
{
    public Names Contexts { get; } = new();
    public Names Actions { get; } = new();

    /// <exception cref="CommandException">The file cannot be used; the message names file, line and column.</exception>
    public List<LoggedDecision> Read(string path, CancellationToken ct)
    {
        using var table = CsvTable.Open(path);
        var action = table.Column(columns.Action, "--action");
        var reward = table.Column(columns.Reward, "--reward");
        var propensity = Propensity(table);
        var contexts = columns.Contexts.Select(name => table.Column(name, "--context")).ToArray();
        var decisions = new List<LoggedDecision>();
        while (table.Read())
        {
            ct.ThrowIfCancellationRequested();
            decisions.Add(
                new(Context(table, contexts), Actions[Action(table, action)], table.Number(reward), Probability(table, propensity))
            );
        }
        return decisions;
    }

    /// <summary>The average policy of another log: how often it took each action in each context.</summary>
    public double[][] FrequenciesIn(IEnumerable<LoggedDecision> log)
    {
        var counts = Empty();
        foreach (var decision in log)
            counts[decision.Context][decision.Action]++;
        return counts;
    }

    /// <summary>A policy as a table with the columns of context and action, and <c>probability</c>.</summary>
    /// <remarks>Each row's values; not scaled.</remarks>
    public double[][] ReadTable(string path)
    {
        using var table = CsvTable.Open(path);
        var action = table.Column(columns.Action, "--action");
        var probability = table.Column("probability");
        var contexts = columns.Contexts.Select(name => table.Column(name, "--context")).ToArray();
        var rows = new List<(int Context, int Action, double Probability)>();
        while (table.Read())
        {
            var value = table.Number(probability);
            if (value is < 0 or > 1)
                throw table.Bad(probability, $"{value} is no probability.");
            rows.Add((Context(table, contexts), Actions[Action(table, action)], value));
        }
        var probabilities = Empty();
        foreach (var row in rows)
            probabilities[row.Context][row.Action] += row.Probability;
        return probabilities;
    }

    private double[][] Empty() => [.. Enumerable.Range(0, Contexts.Count).Select(_ => new double[Actions.Count])];

    private int Propensity(CsvTable table) =>
        table.Columns.Contains(columns.Propensity)
            ? table.Column(columns.Propensity)
            : throw new CommandException(
                $"{table.Path} has no column \"{columns.Propensity}\" (--propensity). Without the probability with which each action was chosen "
                    + $"nothing can be said about another policy. Its columns are: {string.Join(", ", table.Columns)}."
            );

    private static double Probability(CsvTable table, int column)
    {
        if (table[column].IsWhiteSpace())
            throw table.Bad(
                column,
                "the propensity is missing; a log with gaps says nothing about another policy, because gaps are not random."
            );
        return table.Number(column) is > 0 and <= 1 and var number
            ? number
            : throw table.Bad(column, $"\"{table[column]}\" is no propensity: it lies above 0 and is at most 1.");
    }

    private static string Action(CsvTable table, int column) =>
        table[column].Trim() is { IsEmpty: false } name ? name.ToString() : throw table.Bad(column, "no action.");

    private int Context(CsvTable table, int[] columns)
    {
        var name = "";
        foreach (var column in columns)
            name += $"{table[column].Trim()}\n";
        return Contexts[name];
    }
}
