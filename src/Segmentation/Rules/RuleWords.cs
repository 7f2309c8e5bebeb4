using System.Globalization;
using MarketingPlatform.Contracts.Customers;

namespace MarketingPlatform.Segmentation.Rules;

/// <summary>A rule in plain words, for those who did not write it: "spent more than 100 in the last 90 days, and did not open a mail …".</summary>
internal static class RuleWords
{
    public static string Say(Rule rule) => "Customers of whom it holds that they " + Of(rule, not: false) + ".";

    private static string Of(Rule rule, bool not) =>
        rule switch
        {
            // Not all: not one or not the other.
            All all => Join(all.Rules, not ? "or" : "and", not),
            Any any => Join(any.Rules, not ? "and" : "or", not),
            Not inner => Of(inner.Inner, !not),
            FieldIs field => Field(field, not),
            Within within => $"{(not ? "do not have" : "have")} {Instant(within.Field)} {Window(within.Last)}",
            Consented consented => $"{(not ? "have not allowed" : "have allowed")} {Purpose(consented.Purpose)}",
            Belongs belongs => $"{(not ? "are not" : "are")} in the segment “{belongs.Segment}”",
            Measured measured => Measured(measured, not),
            _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "Not a rule."),
        };

    private static string Join(IReadOnlyList<Rule> rules, string word, bool not) =>
        string.Join($", {word} ", rules.Select(r => Unwrap(r) is All or Any ? $"({Of(r, not)})" : Of(r, not)));

    private static Rule Unwrap(Rule rule) => rule is Not not ? Unwrap(not.Inner) : rule;

    private static string Field(FieldIs rule, bool not)
    {
        if (rule.Field.StartsWith(Vocabulary.BucketPrefix, StringComparison.Ordinal))
            return $"{(not ? "do not have" : "have")} a lot in “{rule.Field[Vocabulary.BucketPrefix.Length..]}” (0 to 99.99, drawn once) that {Test(rule.Test)}";
        var name = rule.Field switch
        {
            "has_email" => "an address for mail",
            "rfm.r" => "a recency score (1 to 5)",
            "rfm.f" => "a frequency score (1 to 5)",
            "rfm.m" => "a money score (1 to 5)",
            _ when rule.Field.StartsWith(Vocabulary.ScorePrefix, StringComparison.Ordinal) =>
                $"a prediction “{rule.Field[Vocabulary.ScorePrefix.Length..]}”",
            var trait => (trait[0] is 'a' ? "an " : "a ") + trait.Replace('_', ' '),
        };
        return $"{(not ? "do not have" : "have")} {name} that {Test(rule.Test)}";
    }

    private static string Measured(Measured rule, bool not)
    {
        var window = rule.Last is { } last ? " " + Window(last) : "";
        if (rule is { Measure: Measure.Count, Source: EventSource counted })
            return $"{(not ? "did not" : counted.Name is null ? "were seen to" : "did")} {Did(counted)}{Times(rule.Test)}{window}";
        if (rule is { Measure: Measure.Count, Source: OrderSource ordered })
            return $"{(not ? "did not order" : "did order")}{Goods(ordered)}{Times(rule.Test)}{window}";
        var what = rule.Source switch
        {
            OrderSource { Whole: true } when rule.Measure == Measure.Sum => "the money spent, less refunds,",
            OrderSource orders when rule.Measure == Measure.Sum => $"the money spent on{Goods(orders)}, before refunds,",
            OrderSource orders => $"the {Name(rule.Measure)} total of orders{Goods(orders)}",
            var source => $"the {Name(rule.Measure)} “{rule.Of}” of events {Did((EventSource)source)}",
        };
        var currency = rule.Source is OrderSource { Currency: { } money } ? " " + money : "";
        return $"{(not ? "do not fit" : "fit")}: {what} {Test(rule.Test)}{currency}{window}";
    }

    private static string Did(EventSource source)
    {
        var verb = source.Name switch
        {
            null => "do anything",
            "Email Delivered" => "get a mail",
            "Email Opened" => "open a mail",
            "Email Link Clicked" => "click in a mail",
            var name => $"“{name}”",
        };
        var channel = source.Channel is { } on ? $" on {on}" : "";
        var where =
            source.Where.Count == 0 ? "" : $" where {string.Join(" and ", source.Where.Select(f => $"{f.Property} {Test(f.Test)}"))}";
        return verb + channel + where;
    }

    private static string Goods(OrderSource orders) =>
        orders.Product is { } product ? $" the product “{product}”"
        : orders.Category is { } category ? $" something of “{category}”"
        : "";

    private static string Times(Test test) => test.IsOnce ? "" : $" a number of times that {Test(test)}";

    private static string Test(Test test) =>
        test.Comparison switch
        {
            Comparison.Equal => $"is {Value(test)}",
            Comparison.NotEqual => $"is not {Value(test)}",
            Comparison.Less => $"is below {Value(test)}",
            Comparison.AtMost => $"is at most {Value(test)}",
            Comparison.More => $"is more than {Value(test)}",
            Comparison.AtLeast => $"is at least {Value(test)}",
            Comparison.OneOf => $"is one of {string.Join(", ", test.Values)}",
            Comparison.Known => "is known",
            _ => "is not known",
        };

    private static string Value(Test test) => test.Values[0].ToString();

    private static string Window(TimeSpan last) =>
        last.TotalDays >= 1 && last.Ticks % TimeSpan.TicksPerDay == 0 ? Count(last.TotalDays, "day")
        : last.Ticks % TimeSpan.TicksPerHour == 0 ? Count(last.TotalHours, "hour")
        : Count(last.TotalMinutes, "minute");

    private static string Count(double number, string unit) =>
        number == 1 ? $"in the last {unit}" : string.Create(CultureInfo.InvariantCulture, $"in the last {number:0} {unit}s");

    private static string Instant(string field) =>
        field switch
        {
            "first_seen" => "a first visit",
            "last_seen" => "a latest visit",
            _ => "a latest order",
        };

    private static string Purpose(string purpose) =>
        purpose switch
        {
            ConsentPurposes.EmailMarketing => "marketing mail",
            ConsentPurposes.AdsAudience => "use for ads",
            ConsentPurposes.Chat => "chat messages",
            _ => purpose,
        };

    private static string Name(Measure measure) =>
        measure switch
        {
            Measure.Avg => "average",
            Measure.Min => "smallest",
            Measure.Max => "largest",
            _ => RulePrinter.Name(measure),
        };
}
