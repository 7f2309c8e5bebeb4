namespace MarketingPlatform.Segmentation.Rules;

/// <summary>The facts that a measure is taken of, by time; those outside of the window included, for what time will change.</summary>
internal readonly struct Entries(IReadOnlyList<Entries.Entry> all)
{
    /// <param name="Value">Null where it lacks the property.</param>
    internal readonly record struct Entry(DateTimeOffset At, Literal? Value);

    public static Entries Of(Measured rule, CustomerFacts customer, string shopCurrency) =>
        rule.Source is EventSource events
            ? OfEvents(events, rule.FoldedOf, customer)
            : OfOrders((OrderSource)rule.Source, rule.Measure, customer, shopCurrency);

    private static Entries OfEvents(EventSource source, string? property, CustomerFacts customer)
    {
        IReadOnlyList<EventFact> named =
            source.FoldedName is null ? customer.AllEvents
            : customer.Events.TryGetValue(source.FoldedName, out var found) ? found
            : [];
        if (named.Count == 0)
            return new Entries([]);
        var channel = source.FoldedChannel;
        var entries = new List<Entry>(named.Count);
        foreach (var e in named)
            if ((channel is null || e.Channel == channel) && Passes(source.Where, e))
                entries.Add(new Entry(e.At, property is null ? null : Value(e, property)));
        return new Entries(entries);
    }

    private static bool Passes(IReadOnlyList<Filter> where, EventFact e)
    {
        foreach (var filter in where)
            if (filter.Test.Of(Value(e, filter.FoldedProperty)) != true)
                return false;
        return true;
    }

    private static Literal? Value(EventFact e, string property) =>
        e.Properties is not null && e.Properties.TryGetValue(property, out var value) ? value : null;

    private static Entries OfOrders(OrderSource source, Measure measure, CustomerFacts customer, string shopCurrency)
    {
        var currency = source.Currency ?? shopCurrency;
        var product = source.Product;
        var category = source.FoldedCategory;
        var entries = new List<Entry>();
        foreach (var order in customer.Orders)
        {
            if (measure != Measure.Count && order.Currency != currency)
                continue;
            var amount = order.Total;
            if (!source.Whole)
            {
                // A line of no or negative pieces is a correction, not something bought.
                var lines = 0;
                amount = 0;
                foreach (var line in order.Lines)
                    if (line.Quantity > 0 && (product is null ? line.Category == category : line.Product == product))
                        (lines, amount) = (lines + 1, amount + line.Quantity * line.UnitPrice);
                if (lines == 0)
                    continue;
            }
            entries.Add(new Entry(order.At, Literal.Of(amount)));
        }
        if (measure != Measure.Sum || !source.Whole)
            return new Entries(entries);
        entries.AddRange(customer.Refunds.Where(r => r.Currency == currency).Select(r => new Entry(r.At, Literal.Of(-r.Amount))));
        return new Entries([.. entries.OrderBy(e => e.At)]);
    }

    /// <summary>What lies in (now − last, now].</summary>
    public WindowOf At(DateTimeOffset now, TimeSpan? last)
    {
        var from = 0;
        if (last is { } length)
            while (from < all.Count && all[from].At <= now - length)
                from++;
        var to = from;
        while (to < all.Count && all[to].At <= now)
            to++;
        return new WindowOf(all, from, to);
    }

    /// <returns>The first instant after <paramref name="now"/> at which an entry comes into the window or leaves it.</returns>
    public DateTimeOffset? NextChange(DateTimeOffset now, TimeSpan? last)
    {
        DateTimeOffset? next = null;
        foreach (var entry in all)
        {
            if (entry.At > now)
                return next is null || entry.At < next ? entry.At : next;
            if (next is null && last is { } length && entry.At > now - length)
                next = entry.At + length;
        }
        return next;
    }
}

/// <summary>The entries of one window.</summary>
internal readonly struct WindowOf(IReadOnlyList<Entries.Entry> all, int from, int to)
{
    public bool? Passes(Measured rule)
    {
        if (rule.Measure != Measure.Avg)
            return rule.Test.Of(Seen(rule.Measure));
        // Compared without dividing: sum against value × count, as the database does.
        var (sum, numbers) = Sum();
        if (rule.Test.Comparison is Comparison.Known or Comparison.Unknown || numbers == 0)
            return rule.Test.Of(numbers == 0 ? null : Literal.Of(sum));
        return new Test(rule.Test.Comparison, [.. rule.Test.Values.Select(v => Literal.Of(v.Number!.Value * numbers))]).Of(Literal.Of(sum));
    }

    public Literal? Seen(Measure measure)
    {
        var (sum, numbers) = Sum();
        return measure switch
        {
            Measure.Count => Literal.Of(to - from),
            Measure.Sum => Literal.Of(sum),
            Measure.Avg => numbers == 0 ? null : Literal.Of(sum / numbers),
            Measure.Min => Extreme(smallest: true),
            Measure.Max => Extreme(smallest: false),
            Measure.First => Values().FirstOrDefault(),
            _ => Values().LastOrDefault(),
        };
    }

    private (decimal Sum, int Numbers) Sum()
    {
        var (sum, numbers) = (0m, 0);
        for (var i = from; i < to; i++)
            if (all[i].Value is { Number: { } number })
                (sum, numbers) = (sum + number, numbers + 1);
        return (sum, numbers);
    }

    private Literal? Extreme(bool smallest)
    {
        decimal? best = null;
        for (var i = from; i < to; i++)
            if (all[i].Value is { Number: { } number } && (best is null || (smallest ? number < best : number > best)))
                best = number;
        return best is { } found ? Literal.Of(found) : null;
    }

    private IEnumerable<Literal?> Values()
    {
        for (var i = from; i < to; i++)
            if (all[i].Value is { } value)
                yield return value;
    }
}
