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
                return Condition() with { At = place };
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
            return new Belongs(Text("the key of a segment in quotes"));
        }
        if (Accept("consented"))
            return new Consented(Name("a purpose, such as email_marketing"));
        if (Accept("did"))
            return Count(Events(Text("the name of an event in quotes"), null));
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
        var field = Here.Text.ToLowerInvariant();
        next++;
        if (!IsWindow)
            return new FieldIs(field, Test());
        return new Within(field, Window()!.Value);
    }

    private Measured Count(Source source)
    {
        var test = Rules.Test.Once;
        if (Here.Kind == TokenKind.Symbol && Here.Text is not ("(" or ")" or ",") || Here.Is("is") || (Here.Is("in") && !IsWindow))
        {
            test = Test();
            Expect("times");
        }
        return new Measured(source, Measure.Count, null, test, Window());
    }

    private Measured Measured(Measure measure, string of, Source source)
    {
        var test = Test();
        if (source is OrderSource orders && Here.Kind == TokenKind.Word && Here.Text.Length == 3 && Here.Text.All(char.IsAsciiLetterUpper))
        {
            source = orders with { Currency = Here.Text };
            next++;
        }
        return new Measured(source, measure, of, test, Window());
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
            Expect("unknown");
            return new Test(Comparison.Unknown, []);
        }
        if (Accept("in"))
        {
            Expect("(");
            var values = new List<Literal> { Value() };
            while (Accept(","))
                values.Add(Value());
            Expect(")");
            return new Test(Comparison.OneOf, values);
        }
        if (Here.Kind == TokenKind.Symbol && Rules.Test.Symbols.TryGetValue(Here.Text, out var comparison))
        {
            next++;
            return new Test(comparison, [Value()]);
        }
        throw Unexpected("a comparison: =, !=, <, <=, >, >=, in (…), is known, is unknown");
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
            _ => throw new RuleException(token.Place, $"A number, a text in double quotes, true or false is expected here, not {token}."),
        };
    }

    private bool IsWindow => Here.Is("in") && tokens[next + 1].Is("last");

    private TimeSpan? Window()
    {
        if (!IsWindow)
            return null;
        next += 2;
        var token = Here;
        next++;
        return token.Kind == TokenKind.Duration && Duration.Parse(token.Text) is { } last
            ? last
            : throw new RuleException(token.Place, $"A length of time is expected here, such as 30d, 12h or 30min, not {token}.");
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
