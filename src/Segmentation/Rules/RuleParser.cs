using System.Globalization;

namespace MarketingPlatform.Segmentation.Rules;

/// <summary>
/// Reads the text of a rule: <c>spent &gt; 100 in last 90d and not opened email in last 30d</c>. <c>not</c> binds before <c>and</c>,
/// <c>and</c> before <c>or</c>. Words in any case; what <see cref="RulePrinter"/> prints is read back to the same rule.
/// </summary>
internal sealed class RuleParser
{
    public const int Deepest = 40;

    private readonly IReadOnlyList<Token> tokens;
    private int next;
    private int depth;

    private RuleParser(string text) => tokens = RuleTokens.Split(text);

    /// <exception cref="RuleException">The text is no rule; the message points at the character.</exception>
    public static Rule Parse(string text)
    {
        var parser = new RuleParser(text);
        var rule = parser.Or();
        if (parser.Here.Kind != TokenKind.End)
            throw parser.Unexpected("'and', 'or' or the end");
        return rule;
    }

    private Token Here => tokens[next];

    private Rule Or() => Several("or", And, rules => new Any(rules) { At = rules[0].At });

    private Rule And() => Several("and", Unary, rules => new All(rules) { At = rules[0].At });

    private Rule Several(string word, Func<Rule> part, Func<IReadOnlyList<Rule>, Rule> join)
    {
        var rules = new List<Rule> { part() };
        while (Accept(word))
            rules.Add(part());
        return rules.Count == 1 ? rules[0] : join(rules);
    }

    private Rule Unary()
    {
        var place = Here.Place;
        if (++depth > Deepest)
            throw new RuleException(place, $"The rule is nested more than {Deepest} levels deep. Make a segment of a part of it.");
        try
        {
            if (Accept("not"))
                return new Not(Unary()) { At = place };
            if (!Accept("("))
            {
                var condition = Condition();
                return condition.At.Length > 0 ? condition : condition with { At = place };
            }
            var inner = Or();
            Expect(")");
            return inner;
        }
        finally
        {
            depth--;
        }
    }

    private Rule Condition()
    {
        if (Here.Kind != TokenKind.Word)
            throw Unexpected("a condition, such as: spent > 100 in last 90d");
        if (Here.Is("in"))
        {
            next++;
            Expect("segment");
            var key = Here.Place;
            return new Belongs(Text("the key of a segment in quotes")) { At = key };
        }
        if (Accept("consented"))
        {
            Accept("to");
            var purpose = Here.Place;
            return new Consented(Name("a purpose, such as email_marketing")) { At = purpose };
        }
        if (Accept("did"))
            return Here.Is("not")
                ? throw new RuleException(Here.Place, "'not' stands before the whole condition: not did \"…\" in last 30d.")
                : Count(Events(Text("the name of an event in quotes"), null));
        if (Accept("engaged"))
            return Count(Events(null, null));
        if (Vocabulary.MailVerbs.FirstOrDefault(v => Here.Is(v.Key)) is { Key: not null } verb && tokens[next + 1].Is("email"))
        {
            next += 2;
            return Count(Events(verb.Value, null));
        }
        if (Accept("ordered"))
            return Count(Orders());
        if (Accept("spent"))
        {
            if (Accept("on") && !Here.Is("product") && !Here.Is("category"))
                throw Unexpected("product or category");
            return Measured(Measure.Sum, OrderSource.Total, Orders());
        }
        foreach (var measure in Enum.GetValues<Measure>())
            if (Here.Is(RulePrinter.Name(measure)) && tokens[next + 1].Is("("))
                return Function(measure);
        return Field();
    }

    private Rule Function(Measure measure)
    {
        next++;
        Expect("(");
        var property = Name("the property to measure");
        Expect(")");
        Expect("of");
        if (Accept("orders"))
            return Measured(measure, property, Orders());
        return Measured(measure, property, Events(Accept("events") ? null : Text("the name of an event in quotes, or: orders"), null));
    }

    private Rule Field()
    {
        var (field, place) = (Here.Text.ToLowerInvariant(), Here.Place);
        next++;
        if (IsWindow)
        {
            var last = Window(out var at);
            return new Within(field, last!.Value) { LastAt = at };
        }
        var type = Vocabulary.TypeOf(field);
        if (type is null && !Vocabulary.Instants.ContainsKey(field) && !IsTest)
            throw new RuleException(
                place,
                $"'{field}' begins no condition. {Vocabulary.Nearest(field)}Verbs: {Vocabulary.Verbs}. Fields: {Vocabulary.All}."
            );
        // "has_email" alone is true of whom it is true.
        return new FieldIs(field, type == ValueType.Truth && !IsTest ? new Test(Comparison.Equal, [Literal.Of(true)]) : Test());
    }

    private bool IsTest => Here.Kind == TokenKind.Symbol && Here.Text is not ("(" or ")" or ",") || Here.Is("is") || Here.Is("in");

    private Measured Count(Source source)
    {
        var test = Rules.Test.Once;
        if (Here.Kind == TokenKind.Number)
            throw new RuleException(Here.Place, $"How often is compared: write >= {Here.Text} times, or = {Here.Text} times.");
        if (IsTest && !IsWindow)
        {
            test = Test();
            Expect("times");
        }
        return new Measured(source, Measure.Count, null, test, Window(out var at)) { LastAt = at };
    }

    private Measured Measured(Measure measure, string of, Source source)
    {
        var test = Test();
        if (
            source is OrderSource orders
            && Here.Kind == TokenKind.Word
            && Here.Text.Length == 3
            && !Here.Is("and")
            && Here.Text.All(char.IsAsciiLetter)
        )
        {
            source = orders with { Currency = Here.Text.ToUpperInvariant() };
            next++;
        }
        return new Measured(source, measure, of, test, Window(out var at)) { LastAt = at };
    }

    private EventSource Events(string? name, string? channel)
    {
        if (Accept("on"))
            channel = Text("a channel in quotes, such as \"instagram\"");
        var where = new List<Filter>();
        if (Accept("where"))
        {
            Expect("(");
            do
            {
                var place = Here.Place;
                where.Add(new Filter(Name("a property"), Test()) { At = place });
            } while (Accept("and"));
            Expect(")");
        }
        return new EventSource(name, channel, where);
    }

    private OrderSource Orders() =>
        new(Accept("product") ? Text("a product's id in quotes") : null, Accept("category") ? Text("a category in quotes") : null, null);

    private Test Test()
    {
        if (Accept("is"))
        {
            if (Accept("known"))
                return new Test(Comparison.Known, []);
            if (Accept("unknown"))
                return new Test(Comparison.Unknown, []);
            return One(Accept("not") ? Comparison.NotEqual : Comparison.Equal);
        }
        if (Accept("in"))
        {
            Expect("(");
            var place = Here.Place;
            var values = new List<Literal> { Value() };
            while (Accept(","))
                values.Add(Value());
            Expect(")");
            return new Test(Comparison.OneOf, values) { At = place };
        }
        if (Here.Kind == TokenKind.Symbol && Rules.Test.Symbols.TryGetValue(Here.Text, out var comparison))
        {
            next++;
            return One(comparison);
        }
        throw Unexpected("a comparison: =, !=, <, <=, >, >=, in (…), is known, is unknown");
    }

    private Test One(Comparison comparison)
    {
        var place = Here.Place;
        var test = new Test(comparison, [Value()]) { At = place };
        return Here.Is(",")
            ? throw new RuleException(Here.Place, "A number is written with a point and without thousands separators: 1000.50.")
            : test;
    }

    private Literal Value()
    {
        var token = Here;
        next++;
        return token.Kind switch
        {
            TokenKind.Text => Literal.Of(token.Text),
            TokenKind.Number => Literal.Of(decimal.Parse(token.Text, CultureInfo.InvariantCulture)),
            TokenKind.Word when token.Is("true") => Literal.Of(true),
            TokenKind.Word when token.Is("false") => Literal.Of(false),
            TokenKind.Word => throw new RuleException(token.Place, $"A text stands in double quotes: {Literal.Quote(token.Text)}."),
            _ => throw new RuleException(token.Place, $"A number, a text in double quotes, true or false is expected here, not {token}."),
        };
    }

    /// <summary><c>in last 30d</c>; also <c>in the last 30 days</c> and <c>within 30d</c>.</summary>
    private bool IsWindow =>
        Here.Is("within") || Here.Is("in") && (tokens[next + 1].Is("last") || tokens[next + 1].Is("the") && tokens[next + 2].Is("last"));

    private TimeSpan? Window(out string at)
    {
        at = "";
        if (!IsWindow)
            return null;
        next++;
        Accept("the");
        Accept("last");
        var token = Here;
        at = token.Place;
        next++;
        if (token.Kind == TokenKind.Duration && Duration.Parse(token.Text) is { } last)
            return last;
        if (
            token.Kind == TokenKind.Number
            && Here.Kind == TokenKind.Word
            && Duration.Parse(token.Text + Duration.UnitOf(Here.Text)) is { } spoken
        )
        {
            next++;
            return spoken;
        }
        throw new RuleException(
            token.Place,
            $"A length of time is expected here, such as 30d, 12h or 30min, not {token}. Months and years are written as days: 90d, 365d."
        );
    }

    private string Text(string what) => Here.Kind == TokenKind.Text ? tokens[next++].Text : throw Unexpected(what);

    private string Name(string what) => Here.Kind is TokenKind.Text or TokenKind.Word ? tokens[next++].Text : throw Unexpected(what);

    private bool Accept(string word)
    {
        if (!Here.Is(word))
            return false;
        next++;
        return true;
    }

    private void Expect(string word)
    {
        if (!Accept(word))
            throw Unexpected($"'{word}'");
    }

    private RuleException Unexpected(string wanted) => new(Here.Place, $"Expected here: {wanted}; found {Here}.");
}
