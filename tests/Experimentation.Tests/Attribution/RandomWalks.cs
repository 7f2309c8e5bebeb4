namespace MarketingPlatform.Experimentation.Tests.Attribution;

/// <summary>Walks through the transitions of paths, written without a look at the model's own code: states are texts.</summary>
internal sealed class RandomWalks
{
    private readonly Dictionary<string, List<(string Next, double Upto)>> _moves = [];
    private readonly int _order;

    public RandomWalks(IEnumerable<PathRow> rows, int order, bool withNulls)
    {
        _order = order;
        var counts = new Dictionary<string, Dictionary<string, double>>();
        foreach (var row in rows)
        {
            var nulls = withNulls ? row.Nulls : 0;
            var state = "";
            foreach (var channel in row.Path)
            {
                Count(state, After(state, channel), row.Conversions + nulls);
                state = After(state, channel);
            }
            Count(state, "bought", row.Conversions);
            Count(state, "left", nulls);
        }
        foreach (var (state, next) in counts)
        {
            var sum = 0.0;
            _moves[state] = [.. next.Where(to => to.Value > 0).Select(to => (to.Key, sum += to.Value))];
        }

        void Count(string from, string to, double people)
        {
            if (!counts.TryGetValue(from, out var next))
                counts[from] = next = [];
            next[to] = next.GetValueOrDefault(to) + people;
        }
    }

    /// <returns>Share of walks that end in a purchase and never meet the channel.</returns>
    public double ConversionRate(int without, int walks, Random random)
    {
        var bought = 0;
        for (var walk = 0; walk < walks; walk++)
        {
            var state = "";
            while (state is not ("bought" or "left") && !state.Split(' ').Contains($"{without}"))
            {
                var moves = _moves[state];
                var at = random.NextDouble() * moves[^1].Upto;
                state = moves.First(move => at < move.Upto).Next;
            }
            bought += state == "bought" ? 1 : 0;
        }
        return (double)bought / walks;
    }

    private string After(string state, int channel) =>
        string.Join(' ', state.Split(' ', StringSplitOptions.RemoveEmptyEntries).Append($"{channel}").TakeLast(_order));
}
