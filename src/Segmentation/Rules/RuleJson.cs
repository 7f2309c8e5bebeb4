using System.Text.Json;
using System.Text.Json.Nodes;

namespace MarketingPlatform.Segmentation.Rules;

/// <summary>
/// The JSON tree of a rule: <c>{"all": [{"orders": {}, "measure": "sum", "of": "total", "op": "&gt;", "value": 100, "last": "90d"},
/// {"not": {"event": "Email Opened", "last": "30d"}}]}</c>. The README shows every form beside its text.
/// </summary>
internal static class RuleJson
{
    public static JsonObject Write(Rule rule) =>
        rule switch
        {
            All all => new JsonObject { ["all"] = new JsonArray([.. all.Rules.Select(Write)]) },
            Any any => new JsonObject { ["any"] = new JsonArray([.. any.Rules.Select(Write)]) },
            Not not => new JsonObject { ["not"] = Write(not.Inner) },
            FieldIs field => Write(new JsonObject { ["field"] = field.Field }, field.Test),
            Within within => new JsonObject { ["field"] = within.Field, ["last"] = Duration.Print(within.Last) },
            Consented consented => new JsonObject { ["consent"] = consented.Purpose },
            Belongs belongs => new JsonObject { ["segment"] = belongs.Segment },
            Measured measured => Write(measured),
            _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "Not a rule."),
        };

    private static JsonObject Write(Measured measured)
    {
        var json = new JsonObject();
        if (measured.Source is EventSource events)
        {
            json["event"] = events.Name ?? "*";
            Set(json, "channel", events.Channel);
            if (events.Where.Count > 0)
                json["where"] = new JsonArray([.. events.Where.Select(f => Write(new JsonObject { ["property"] = f.Property }, f.Test))]);
        }
        else if (measured.Source is OrderSource orders)
        {
            var which = new JsonObject();
            Set(which, "product", orders.Product);
            Set(which, "category", orders.Category);
            json["orders"] = which;
            Set(json, "currency", orders.Currency);
        }
        if (measured.Measure != Measure.Count)
        {
            json["measure"] = RulePrinter.Name(measured.Measure);
            json["of"] = measured.Of;
        }
        if (measured.Measure != Measure.Count || !measured.Test.IsOnce)
            Write(json, measured.Test);
        Set(json, "last", measured.Last is { } last ? Duration.Print(last) : null);
        return json;
    }

    private static JsonObject Write(JsonObject json, Test test)
    {
        json["op"] = Test.SymbolOf(test.Comparison);
        if (test.Comparison == Comparison.OneOf)
            json["values"] = new JsonArray([.. test.Values.Select(v => v.ToJson())]);
        else if (test.Values.Count > 0)
            json["value"] = test.Values[0].ToJson();
        return json;
    }

    private static void Set(JsonObject json, string name, string? value)
    {
        if (value is not null)
            json[name] = value;
    }

    /// <exception cref="RuleException">Not a rule; the message points at the member.</exception>
    public static Rule Read(JsonElement json) => Read(json, "$", 0);

    private static Rule Read(JsonElement json, string at, int depth)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new RuleException(at, "A condition is a JSON object; a rule as readable text goes into the field 'text'.");
        if (depth > RuleParser.Deepest)
            throw new RuleException(at, $"The rule is nested more than {RuleParser.Deepest} levels deep. Make a segment of a part of it.");
        var node = new Node(json, at);
        Rule rule =
            node.Has("all") ? new All(node.Several("all", (j, a) => Read(j, a, depth + 1)))
            : node.Has("any") ? new Any(node.Several("any", (j, a) => Read(j, a, depth + 1)))
            : node.Has("not") ? new Not(Read(node.Member("not"), at + ".not", depth + 1))
            : node.Has("consent") ? new Consented(node.Text("consent")) { At = at + ".consent" }
            : node.Has("segment") ? new Belongs(node.Text("segment")) { At = at + ".segment" }
            : node.Has("field")
                ? node.Has("last") ? new Within(node.Text("field"), node.Duration("last")) { LastAt = at + ".last" }
                    : new FieldIs(node.Text("field"), node.Test())
            : node.Has("event")
                ? Measured(
                    node,
                    new EventSource(node.Text("event") is var name && name == "*" ? null : name, node.Optional("channel"), Filters(node))
                )
            : node.Has("orders") ? Measured(node, Orders(node))
            : throw new RuleException(at, "A condition has one of the members all, any, not, field, event, orders, consent, segment.");
        node.NothingElse();
        return rule.At.Length > 0 ? rule : rule with { At = at };
    }

    private static Measured Measured(Node node, Source source)
    {
        var measure = Measure.Count;
        if (node.Optional("measure") is { } name)
            measure = Enum.GetValues<Measure>().FirstOrDefault(m => RulePrinter.Name(m) == name, (Measure)(-1));
        if (!Enum.IsDefined(measure))
            throw new RuleException(node.At + ".measure", "A measure is count, sum, avg, min, max, first or last.");
        var of = measure == Measure.Count ? null : node.Text("of");
        var test = node.Has("op") || measure != Measure.Count ? node.Test() : Test.Once;
        return new Measured(source, measure, of, test, node.Has("last") ? node.Duration("last") : null) { LastAt = node.At + ".last" };
    }

    private static IReadOnlyList<Filter> Filters(Node node) =>
        node.Has("where")
            ? node.Several(
                "where",
                (json, at) =>
                {
                    var filter = new Node(json, at);
                    var read = new Filter(filter.Text("property"), filter.Test()) { At = at };
                    filter.NothingElse();
                    return read;
                }
            )
            : [];

    private static OrderSource Orders(Node node)
    {
        var which = new Node(node.Member("orders"), node.At + ".orders");
        var source = new OrderSource(which.Optional("product"), which.Optional("category"), node.Optional("currency"));
        which.NothingElse();
        return source;
    }

    /// <summary>A JSON object that knows where it is and which of its members were read.</summary>
    private sealed class Node
    {
        private readonly JsonElement json;
        private readonly HashSet<string> read = [];

        public Node(JsonElement json, string at)
        {
            if (json.ValueKind != JsonValueKind.Object)
                throw new RuleException(at, "A JSON object is expected here.");
            (this.json, At) = (json, at);
        }

        public string At { get; }

        public bool Has(string name) => json.TryGetProperty(name, out _);

        public JsonElement Member(string name)
        {
            read.Add(name);
            return json.TryGetProperty(name, out var member) ? member : throw new RuleException(At, $"The member '{name}' is missing.");
        }

        public string Text(string name) =>
            Member(name) is { ValueKind: JsonValueKind.String } text && Literal.TextOf(text) is { Length: > 0 } found
                ? found
                : throw new RuleException(
                    $"{At}.{name}",
                    "A text is expected here, not empty and without characters that cannot be stored."
                );

        public string? Optional(string name) => Has(name) ? Text(name) : null;

        public TimeSpan Duration(string name) =>
            Rules.Duration.Parse(Text(name)) ?? throw new RuleException($"{At}.{name}", "A length of time is written 30d, 12h or 30min.");

        public IReadOnlyList<T> Several<T>(string name, Func<JsonElement, string, T> each)
        {
            var member = Member(name);
            if (member.ValueKind != JsonValueKind.Array || member.GetArrayLength() == 0)
                throw new RuleException($"{At}.{name}", "A list with at least one entry is expected here.");
            return [.. member.EnumerateArray().Select((item, i) => each(item, $"{At}.{name}[{i}]"))];
        }

        public Test Test()
        {
            if (!Rules.Test.Symbols.TryGetValue(Text("op"), out var comparison))
                throw new RuleException($"{At}.op", $"A comparison is one of {string.Join(" ", Rules.Test.Symbols.Keys)}.");
            return comparison switch
            {
                Comparison.Known or Comparison.Unknown => new Test(comparison, []),
                Comparison.OneOf => new Test(comparison, Several("values", Value)) { At = At + ".values" },
                _ => new Test(comparison, [Value(Member("value"), $"{At}.value")]) { At = At + ".value" },
            };
        }

        /// <summary>A misspelt member would otherwise be a condition that is not there.</summary>
        public void NothingElse()
        {
            foreach (var member in json.EnumerateObject())
                if (!read.Contains(member.Name))
                    throw new RuleException($"{At}.{member.Name}", "No such member belongs here.");
        }

        private static Literal Value(JsonElement json, string at) =>
            Literal.Read(json)
            ?? throw new RuleException(at, "A number below 10^15, a text that is not empty, true or false is expected here.");
    }
}
