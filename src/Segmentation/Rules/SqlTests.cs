using Dapper;

namespace MarketingPlatform.Segmentation.Rules;

/// <summary>Comparisons as SQL, their values as parameters of one statement.</summary>
internal sealed class SqlTests
{
    private int count;

    public DynamicParameters Parameters { get; } = new();

    /// <param name="scale">What the compared values are multiplied by.</param>
    public string Number(Test test, string value, string scale = "") =>
        test.Comparison switch
        {
            Comparison.Known => $"({value} is not null)",
            Comparison.Unknown => $"({value} is null)",
            Comparison.OneOf when scale.Length > 0 =>
                $"({string.Join(" or ", test.Values.Select(v => $"{value} = {Add(v.Number)}{scale}"))})",
            Comparison.OneOf => $"({value} = any ({Add(test.Values.Select(v => v.Number!.Value).ToArray())}))",
            _ => $"({value} {Symbol(test.Comparison)} {Add(test.Values[0].Number)}{scale})",
        };

    /// <summary>A test of a JSON scalar, which is not known where its type is another.</summary>
    public string Of(Test test, string json)
    {
        if (test.Comparison is Comparison.Known or Comparison.Unknown)
            return $"({json} is {(test.Comparison == Comparison.Known ? "not " : "")}null)";
        var values = test.Values.Select(v => v.Folded()).ToList();
        switch (values[0].Type)
        {
            case ValueType.Number:
                return Number(test, NumberOf(json));
            case ValueType.Truth:
                var truth = $"case when jsonb_typeof({json}) = 'boolean' then ({json} #>> '{{}}')::boolean end";
                return test.Comparison == Comparison.NotEqual
                    ? $"({truth} <> {Add(values[0].Truth)})"
                    : $"({truth} = any ({Add(values.Select(v => v.Truth!.Value).ToArray())}))";
            default:
                var text = $"case when jsonb_typeof({json}) = 'string' then {json} #>> '{{}}' end";
                return test.Comparison == Comparison.NotEqual
                    ? $"({text} <> {Add(values[0].Text)})"
                    : $"({text} = any ({Add(values.Select(v => v.Text!).ToArray())}))";
        }
    }

    public static string NumberOf(string json) => $"case when jsonb_typeof({json}) = 'number' then ({json} #>> '{{}}')::numeric end";

    private static string Symbol(Comparison comparison) => comparison == Comparison.NotEqual ? "<>" : Test.SymbolOf(comparison);

    public string Add(object? value)
    {
        var name = $"p{count++}";
        Parameters.Add(name, value);
        return "@" + name;
    }
}
