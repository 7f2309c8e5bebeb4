using MarketingPlatform.Contracts.Customers;

namespace MarketingPlatform.Segmentation.Rules;

/// <summary>What a rule may say beyond its grammar: fields that exist, types that fit, windows that end, no circle of segments.</summary>
/// <param name="rules">The rules of other segments by key; null for a built-in one, which asks for no other.</param>
/// <param name="retention">How long events are kept.</param>
/// <param name="barred">Fields that the shop's settings bar from rules.</param>
internal sealed class RuleCheck(IReadOnlyDictionary<string, Rule?> rules, TimeSpan retention, IReadOnlyCollection<string> barred)
{
    public const int MostConditions = 100;

    /// <summary>Of a rule together with all that it leads to through other segments, each counted once.</summary>
    public const int MostTogether = 500;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    private readonly List<RuleError> errors = [];

    /// <param name="key">The segment that the rule is for; null while it has none.</param>
    public IReadOnlyList<RuleError> Check(Rule rule, string? key)
    {
        errors.Clear();
        Visit(rule, key);
        if (Conditions(rule) > MostConditions)
            Refuse(rule.At, $"The rule has more than {MostConditions} conditions. Make a segment of a part of it.");
        if (errors.Count == 0)
            Together(rule, key);
        return [.. errors];
    }

    private void Together(Rule rule, string? key)
    {
        var after = key is null ? rules : new Dictionary<string, Rule?>(rules) { [key] = rule };
        if (Reached(rule, after) is var all and > MostTogether)
            Refuse(rule.At, $"With the segments that it asks for, the rule has {all} conditions; {MostTogether} are the most.");
        if (key is null)
            return;
        foreach (var (other, asking) in after)
            if (other != key && asking is not null && Path(other, key, []) is not null && Reached(asking, after) > MostTogether)
                Refuse(rule.At, $"The segment '{other}' asks for this one, and would have more than {MostTogether} conditions with it.");
    }

    private static int Reached(Rule rule, IReadOnlyDictionary<string, Rule?> rules)
    {
        var seen = new HashSet<string>();
        return Count(rule);

        int Count(Rule part) =>
            Conditions(part) + Asked(part).Where(seen.Add).Sum(key => rules.GetValueOrDefault(key) is { } asked ? Count(asked) : 0);
    }

    private void Visit(Rule rule, string? key)
    {
        switch (rule)
        {
            case All all:
                foreach (var inner in all.Rules)
                    Visit(inner, key);
                break;
            case Any any:
                foreach (var inner in any.Rules)
                    Visit(inner, key);
                break;
            case Not not:
                Visit(not.Inner, key);
                break;
            case FieldIs field:
                Field(field);
                break;
            case Within within:
                if (!Vocabulary.Instants.ContainsKey(within.Field))
                    Refuse(rule.At, $"'in last' is asked of {string.Join(", ", Vocabulary.Instants.Keys)}, not of '{within.Field}'.");
                Window(Or(within.LastAt, rule.At), within.Last, Longest);
                break;
            case Consented consented:
                if (!ConsentPurposes.All.Contains(consented.Purpose))
                    Refuse(
                        rule.At,
                        $"There is no purpose '{consented.Purpose}'. Purposes: {string.Join(", ", ConsentPurposes.All.Order())}."
                    );
                break;
            case Belongs belongs:
                Segment(belongs, key);
                break;
            case Measured measured:
                Measured(measured);
                break;
        }
    }

    private void Field(FieldIs rule)
    {
        if (Vocabulary.Instants.ContainsKey(rule.Field))
            Refuse(rule.At, $"'{rule.Field}' is an instant: write {rule.Field} in last 30d.");
        else if (Vocabulary.TypeOf(rule.Field) is not { } type)
            Refuse(rule.At, $"There is no field '{rule.Field}'. {Vocabulary.Nearest(rule.Field)}Fields: {Vocabulary.All}.");
        else
            Test(rule.At, rule.Test, type, rule.Field);
        if (barred.Contains(rule.Field))
            Refuse(rule.At, $"'{rule.Field}' is barred from rules by the setting Segmentation:BarredFields.");
    }

    private void Measured(Measured rule)
    {
        switch (rule.Source)
        {
            case EventSource events:
                if (rule.Last is null)
                    Refuse(rule.At, $"Say how far to look back, such as 'in last 30d': events are kept for {Duration.Print(retention)}.");
                Window(Or(rule.LastAt, rule.At), rule.Last, retention);
                Named(rule.At, events.Name, "an event's name");
                Named(rule.At, events.Channel, "a channel");
                foreach (var filter in events.Where)
                    Named(filter.At, filter.Property, "a property");
                foreach (var filter in events.Where)
                    Test(filter.At, filter.Test, null, filter.Property);
                break;
            case OrderSource orders:
                if (rule.Measure != Measure.Count && rule.Of != OrderSource.Total)
                    Refuse(
                        rule.At,
                        $"Of orders the total is measured, not '{rule.Of}': write {RulePrinter.Name(rule.Measure)}(total) of orders."
                    );
                Named(rule.At, orders.Product, "a product's id");
                Named(rule.At, orders.Category, "a category");
                if (orders is { Product: not null, Category: not null })
                    Refuse(rule.At, "Ask for a product or for a category, not for both.");
                if (orders.Currency is { } currency && (currency.Length != 3 || !currency.All(char.IsAsciiLetterUpper)))
                    Refuse(rule.At, $"'{currency}' is no currency: use its three capital letters, such as EUR.");
                if (rule is { Measure: Measure.Count } && orders.Currency is not null)
                    Refuse(rule.At, "A count of orders has no currency.");
                Window(Or(rule.LastAt, rule.At), rule.Last, Longest);
                break;
        }
        var text = rule.Measure is Measure.First or Measure.Last && rule.Source is EventSource;
        Test(rule.At, rule.Test, text ? null : ValueType.Number, RulePrinter.Name(rule.Measure));
        if (rule.Measure is Measure.Count or Measure.Sum && rule.Test.Comparison is Comparison.Known or Comparison.Unknown)
            Refuse(rule.At, "A count or a sum is always known.");
    }

    private static string Or(string exact, string at) => exact.Length > 0 ? exact : at;

    private void Test(string at, Test test, ValueType? type, string what)
    {
        at = Or(test.At, at);
        foreach (var value in test.Values)
        {
            if (type is { } wanted && value.Type != wanted)
                Refuse(at, $"'{what}' is {Named(wanted)}; it cannot be compared with {value}.");
            else if (test.Values[0].Type != value.Type)
                Refuse(at, "The values in brackets must be of one type.");
            else if (
                test.Comparison is Comparison.Less or Comparison.AtMost or Comparison.More or Comparison.AtLeast
                && value.Type != ValueType.Number
            )
                Refuse(at, $"{Rules.Test.SymbolOf(test.Comparison)} compares numbers; {value} is none.");
            else if (value.Number is { } number && (Math.Abs(number) > Literal.Largest || number != Math.Round(number, Literal.Decimals)))
                Refuse(at, $"A number has at most {Literal.Decimals} decimals and is below 10^15.");
            else if (value.Text is { } text && (text.Length > Literal.LongestText || Literal.Fold(text).Length == 0))
                Refuse(at, $"A text has 1 to {Literal.LongestText} characters.");
        }
        if (test.Values.Count > 1000)
            Refuse(at, "At most 1000 values in brackets.");
    }

    private void Named(string at, string? text, string what)
    {
        if (text is not null && (text.Length > Literal.LongestText || Literal.Fold(text).Length == 0))
            Refuse(at, $"{char.ToUpperInvariant(what[0])}{what[1..]} has 1 to {Literal.LongestText} characters.");
    }

    private void Window(string at, TimeSpan? last, TimeSpan most)
    {
        if (last is { } window && (window <= TimeSpan.Zero || window > most))
            Refuse(at, $"A window is from 1min to {Duration.Print(most)} long, not {Duration.Print(window)}.");
    }

    private void Segment(Belongs belongs, string? key)
    {
        if (belongs.Segment == key || !rules.ContainsKey(belongs.Segment))
        {
            Refuse(
                belongs.At,
                belongs.Segment == key
                    ? "The segment cannot ask for itself."
                    : $"There is no segment with the key '{belongs.Segment}'. GET /api/v1/segments lists them."
            );
            return;
        }
        if (key is not null && Path(belongs.Segment, key, []) is { } path)
            Refuse(belongs.At, $"The segments would ask for each other in a circle: {string.Join(" → ", path.Prepend(key))}.");
    }

    /// <returns>From a segment to the one looked for, or null where no way leads.</returns>
    private IReadOnlyList<string>? Path(string from, string to, HashSet<string> seen)
    {
        if (from == to)
            return [to];
        if (!seen.Add(from) || rules.GetValueOrDefault(from) is not { } rule)
            return null;
        foreach (var asked in Asked(rule))
            if (Path(asked, to, seen) is { } rest)
                return [from, .. rest];
        return null;
    }

    /// <summary>Keys of the segments that a rule asks for.</summary>
    public static IEnumerable<string> Asked(Rule rule) => Leaves(rule).OfType<Belongs>().Select(b => b.Segment).Distinct();

    public static IEnumerable<Rule> Leaves(Rule rule) =>
        rule switch
        {
            All all => all.Rules.SelectMany(Leaves),
            Any any => any.Rules.SelectMany(Leaves),
            Not not => Leaves(not.Inner),
            _ => [rule],
        };

    private static int Conditions(Rule rule) => Leaves(rule).Count();

    private static string Named(ValueType type) =>
        type switch
        {
            ValueType.Number => "a number",
            ValueType.Truth => "true or false",
            _ => "a text",
        };

    private void Refuse(string at, string message) => errors.Add(new RuleError(at, message));
}
