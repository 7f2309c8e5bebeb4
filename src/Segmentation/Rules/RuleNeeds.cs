namespace MarketingPlatform.Segmentation.Rules;

/// <summary>Which facts a set of rules asks for, so that nothing else is read.</summary>
/// <param name="Names">Names of events, folded.</param>
/// <param name="Detailed">Those whose properties are asked for.</param>
/// <param name="Channels">Events of any name are asked for on these channels, folded.</param>
/// <param name="Everything">Some rule asks for events of any name on any channel.</param>
/// <param name="Window">The longest look back at events.</param>
internal sealed record RuleNeeds(
    IReadOnlyList<string> Names,
    IReadOnlyList<string> Detailed,
    IReadOnlyList<string> Channels,
    bool Everything,
    TimeSpan Window,
    bool Orders,
    bool Lines,
    bool Scores
)
{
    public static RuleNeeds Of(IEnumerable<Rule> rules)
    {
        var leaves = rules.SelectMany(RuleCheck.Leaves).ToList();
        var measured = leaves.OfType<Measured>().ToList();
        var events = measured.Where(m => m.Source is EventSource).Select(m => (Rule: m, Source: (EventSource)m.Source)).ToList();
        var orders = measured.Select(m => m.Source).OfType<OrderSource>().ToList();
        return new RuleNeeds(
            [.. events.Select(e => e.Source.FoldedName).OfType<string>().Distinct()],
            [
                .. events
                    .Where(e => e.Source.Name is not null && (e.Rule.Of is not null || e.Source.Where.Count > 0))
                    .Select(e => e.Source.FoldedName!)
                    .Distinct(),
            ],
            [.. events.Where(e => e.Source.Name is null).Select(e => e.Source.FoldedChannel).OfType<string>().Distinct()],
            events.Exists(e => e.Source is { Name: null, Channel: null }),
            events.Select(e => e.Rule.Last ?? TimeSpan.Zero).DefaultIfEmpty().Max(),
            orders.Count > 0,
            orders.Exists(o => !o.Whole),
            leaves.OfType<FieldIs>().Any(f => f.Field.StartsWith(Vocabulary.ScorePrefix, StringComparison.Ordinal))
        );
    }
}
