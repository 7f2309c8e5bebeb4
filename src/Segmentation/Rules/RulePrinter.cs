namespace MarketingPlatform.Segmentation.Rules;

/// <summary>The text of a rule. <see cref="RuleParser"/> reads it back to the same rule.</summary>
internal static class RulePrinter
{
    public static string Print(Rule rule) =>
        rule switch
        {
            Any any => string.Join(" or ", any.Rules.Select(r => r is Any ? $"({Print(r)})" : Print(r))),
            All all => string.Join(" and ", all.Rules.Select(r => r is Any or All ? $"({Print(r)})" : Print(r))),
            Not not => not.Inner is Any or All ? $"not ({Print(not.Inner)})" : "not " + Print(not.Inner),
            FieldIs field => $"{field.Field} {Print(field.Test)}",
            Within within => $"{within.Field} in last {Duration.Print(within.Last)}",
            Consented consented => "consented " + Word(consented.Purpose),
            Belongs belongs => "in segment " + Literal.Quote(belongs.Segment),
            Measured measured => string.Join(' ', Words(measured).Where(w => w.Length > 0)),
            _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "Not a rule."),
        };

    private static IEnumerable<string> Words(Measured measured)
    {
        var count = measured.Measure == Measure.Count;
        switch (measured.Source)
        {
            case EventSource events:
                yield return count
                    ? Verb(events)
                    : $"{Function(measured)} of {(events.Name is null ? "events" : Literal.Quote(events.Name))}";
                if (events.Channel is { } channel && !(count && events.Name is null))
                    yield return "on " + Literal.Quote(channel);
                if (events.Where.Count > 0)
                    yield return $"where ({string.Join(" and ", events.Where.Select(f => $"{Word(f.Property)} {Print(f.Test)}"))})";
                break;
            case OrderSource orders:
                var spent = measured is { Measure: Measure.Sum, Of: OrderSource.Total };
                yield return count ? "ordered"
                : spent ? "spent"
                : Function(measured) + " of orders";
                if (!orders.Whole)
                    yield return spent ? "on" : "";
                yield return orders.Product is { } product ? "product " + Literal.Quote(product) : "";
                yield return orders.Category is { } category ? "category " + Literal.Quote(category) : "";
                break;
        }
        if (!count || !measured.Test.IsOnce)
            yield return Print(measured.Test) + (count ? " times" : "");
        if (measured.Source is OrderSource { Currency: { } currency })
            yield return currency;
        if (measured.Last is { } last)
            yield return "in last " + Duration.Print(last);
    }

    private static string Verb(EventSource events) =>
        events.Name is null
            ? events.Channel is { } channel
                ? "engaged on " + Literal.Quote(channel)
                : "engaged"
            : Vocabulary.MailVerbs.FirstOrDefault(v => v.Value == events.Name).Key is { } verb
                ? verb + " email"
                : "did " + Literal.Quote(events.Name);

    private static string Function(Measured measured) => $"{Name(measured.Measure)}({Word(measured.Of!)})";

    private static string Print(Test test) =>
        test.Comparison switch
        {
            Comparison.Known or Comparison.Unknown => "is " + Test.SymbolOf(test.Comparison),
            Comparison.OneOf => $"in ({string.Join(", ", test.Values)})",
            _ => $"{Test.SymbolOf(test.Comparison)} {test.Values[0]}",
        };

    public static string Name(Measure measure) =>
        measure switch
        {
            Measure.Count => "count",
            Measure.Sum => "sum",
            Measure.Avg => "avg",
            Measure.Min => "min",
            Measure.Max => "max",
            Measure.First => "first",
            _ => "last",
        };

    private static string Word(string text) => Vocabulary.IsWord(text) ? text : Literal.Quote(text);
}
