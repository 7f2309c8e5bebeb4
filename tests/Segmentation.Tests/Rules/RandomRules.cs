using MarketingPlatform.Segmentation.Rules;

namespace MarketingPlatform.Segmentation.Tests.Rules;

/// <summary>Rules over a small vocabulary, so that random histories often meet them.</summary>
internal sealed class RandomRules(Random random, IReadOnlyList<string> segments)
{
    public static readonly string[] Events = ["Product Viewed", "Email Opened", "Email Delivered", "ÄPFEL gesehen", "Subscribed"];
    public static readonly string[] Products = ["p1", "p2", "p3"];
    public static readonly string[] Categories = ["Shoes", "Müsli"];
    public static readonly string[] Channels = ["instagram", "web", "email"];
    public static readonly string[] Countries = ["DE", "at", "Österreich"];
    private static readonly string[] Currencies = ["EUR", "GBP"];

    public Rule Next(int depth = 3) =>
        depth == 0
            ? Leaf()
            : random.Next(6) switch
            {
                0 => new All([.. Several(depth)]),
                1 => new Any([.. Several(depth)]),
                2 => new Not(Next(depth - 1)),
                _ => Leaf(),
            };

    private IEnumerable<Rule> Several(int depth) => Enumerable.Range(0, random.Next(2, 4)).Select(_ => Next(depth - 1)).ToList();

    private Rule Leaf() =>
        random.Next(9) switch
        {
            0 => new FieldIs("country", Texts(Countries)),
            1 => new FieldIs("age", Numbers(0, 80)),
            2 => random.Next(2) == 0
                ? new FieldIs("has_email", Truth())
                : new FieldIs(Pick(["score.churn", "rfm.r", "bucket.spring"]), Numbers(0, 5)),
            3 => new Within(Pick(["first_seen", "last_seen", "last_order"]), Window()),
            4 => random.Next(3) > 0 || segments.Count == 0
                ? new Consented(Pick(["email_marketing", "profiling"]))
                : new Belongs(Pick(segments)),
            5 or 6 => OverEvents(),
            _ => OverOrders(),
        };

    private Measured OverEvents()
    {
        var named = random.Next(4) > 0;
        var source = new EventSource(
            named ? Pick(Events) : null,
            random.Next(3) == 0 || !named ? Pick(Channels) : null,
            [.. Enumerable.Range(0, random.Next(3) == 0 ? random.Next(1, 3) : 0).Select(_ => Filter())]
        );
        var measure = Pick(Enum.GetValues<Measure>());
        var of = measure == Measure.Count ? null : Pick(["price", "plan", "Odd name"]);
        var test =
            measure is Measure.First or Measure.Last && random.Next(2) == 0 ? Texts(["gold", "Silber"])
            : measure == Measure.Count && random.Next(3) == 0 ? Test.Once
            : Numbers(0, measure == Measure.Count ? 4 : 60, known: measure is not (Measure.Count or Measure.Sum));
        return new Measured(source, measure, of, test, Window());
    }

    private Filter Filter() =>
        random.Next(3) switch
        {
            0 => new Filter("price", Numbers(0, 60)),
            1 => new Filter("plan", Texts(["gold", "Silber"])),
            _ => new Filter("gift", Truth()),
        };

    private Measured OverOrders()
    {
        var which = random.Next(3);
        var measure = Pick(Enum.GetValues<Measure>());
        var source = new OrderSource(
            which == 0 ? Pick(Products) : null,
            which == 1 ? Pick(Categories) : null,
            measure == Measure.Count || random.Next(2) == 0 ? null : Pick(Currencies)
        );
        var test = Numbers(-20, measure == Measure.Count ? 4 : 150, known: measure is not (Measure.Count or Measure.Sum));
        return new Measured(
            source,
            measure,
            measure == Measure.Count ? null : OrderSource.Total,
            test,
            random.Next(3) == 0 ? null : Window()
        );
    }

    private Test Numbers(int from, int to, bool known = true)
    {
        var comparison = Pick(Enum.GetValues<Comparison>());
        if (comparison is Comparison.Known or Comparison.Unknown)
            return known ? new Test(comparison, []) : Test.Once;
        var count = comparison == Comparison.OneOf ? random.Next(1, 4) : 1;
        return new Test(comparison, [.. Enumerable.Range(0, count).Select(_ => Literal.Of(random.Next(from * 2, to * 2) / 2m))]);
    }

    private Test Texts(string[] texts) =>
        random.Next(5) switch
        {
            0 => new Test(Comparison.Known, []),
            1 => new Test(Comparison.Unknown, []),
            2 => new Test(Comparison.OneOf, [.. texts.Take(random.Next(1, 3)).Select(Literal.Of)]),
            3 => new Test(Comparison.NotEqual, [Literal.Of(Pick(texts))]),
            _ => new Test(Comparison.Equal, [Literal.Of(Pick(texts).ToUpperInvariant())]),
        };

    private Test Truth() => new(random.Next(2) == 0 ? Comparison.Equal : Comparison.NotEqual, [Literal.Of(random.Next(2) == 0)]);

    private TimeSpan Window() =>
        random.Next(3) switch
        {
            0 => TimeSpan.FromDays(random.Next(1, 60)),
            1 => TimeSpan.FromHours(random.Next(1, 100)),
            _ => TimeSpan.FromMinutes(random.Next(1, 3000)),
        };

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
