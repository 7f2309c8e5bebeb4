namespace MarketingPlatform.Email.Automations.Definition;

/// <summary>Reads conditions and events.</summary>
internal sealed class ConditionParser
{
    private const string Kinds = "all, any, not, segment, consent, trait, data, did";

    public EventMatch ReadMatch(YamlMap map, string key, bool mayBeSame = true)
    {
        var name = map.Required(key, "Name the event: event: order.");
        map.Mentions(Named.Event, key, name);
        return new(name, map.Map("where") is { } where ? Read(where) : null, mayBeSame ? map.Texts("same") : []);
    }

    public Condition? Read(YamlMap map)
    {
        Condition? condition = null;
        var kind = Kinds.Split(", ").Where(map.Has).ToArray();
        if (kind.Length != 1)
        {
            map.ReportHere($"Give exactly one of {Kinds}.");
            return null;
        }
        switch (kind[0])
        {
            case "all":
            case "any":
                var parts = map.Maps(kind[0]).Select(Read).OfType<Condition>().ToArray();
                condition = kind[0] == "all" ? new Condition.All(parts) : new Condition.Any(parts);
                break;
            case "not":
                condition = map.Map("not") is { } inner && Read(inner) is { } part ? new Condition.Not(part) : null;
                break;
            case "segment":
                condition = new Condition.InSegment(map.Name(Named.Segment, "segment") ?? "");
                break;
            case "consent":
                condition = new Condition.Consent(map.Flag("consent", true));
                break;
            case "did":
                condition = new Condition.Did(
                    map.Name(Named.Event, "did") ?? "",
                    map.Duration("within"),
                    map.Number("at-least", 1, 1000) ?? 1
                );
                break;
            case "trait":
                condition = Tested(map, test => new Condition.Trait(map.Name(Named.Trait, "trait") ?? "", test));
                break;
            case "data":
                condition = Tested(map, test => new Condition.Data(map.Text("data") ?? "", test));
                break;
        }
        map.NothingElse($"{Kinds}; within and at-least beside did; {string.Join(", ", Condition.Operators)} beside trait and data");
        return condition;
    }

    private static Condition? Tested(YamlMap map, Func<Condition.Comparison, Condition> make)
    {
        var operators = Condition.Operators.Where(map.Has).ToArray();
        if (operators.Length == 1 && map.Json(operators[0]) is { } value)
        {
            if ((operators[0] == "in") == value.StartsWith('['))
                return make(new(operators[0], value));
            map.Report(operators[0], operators[0] == "in" ? "Give a list: in: [DE, AT]." : "Give one value; a list belongs to in.");
        }
        else if (operators.Length != 1)
            map.ReportHere($"Say how to compare: exactly one of {string.Join(", ", Condition.Operators)}.");
        return null;
    }
}
