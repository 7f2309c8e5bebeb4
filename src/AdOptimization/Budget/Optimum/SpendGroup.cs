namespace MarketingPlatform.AdOptimization.Budget.Optimum;

/// <summary>Cells that must and may take so much together, such as those of one channel.</summary>
/// <param name="Members">Their places in the list of cells.</param>
/// <param name="Least">Zero or more.</param>
/// <param name="Most">At least <paramref name="Least"/>; infinite where there is no maximum.</param>
internal sealed record SpendGroup(string Name, IReadOnlyList<int> Members, double Least, double Most)
{
    public double SumOf(double[] spends)
    {
        var sum = 0.0;
        for (var i = 0; i < Members.Count; i++)
            sum += spends[Members[i]];
        return sum;
    }

    /// <returns>What the group must and may take once its cells' own bounds are kept too.</returns>
    public (double Least, double Most) Between(double[] low, double[] high) => (Math.Max(Least, SumOf(low)), Math.Min(Most, SumOf(high)));
}

/// <summary>All cells, each in one group: those that no limit binds together are in one without limits.</summary>
internal sealed class SpendGroups
{
    private readonly SpendGroup[] all;

    private SpendGroups(SpendGroup[] all) => this.all = all;

    public ReadOnlySpan<SpendGroup> All => all;

    /// <exception cref="ArgumentException">A cell is in two groups.</exception>
    public static SpendGroups Of(int cells, IReadOnlyList<SpendGroup> limited)
    {
        var free = Enumerable.Range(0, cells).ToHashSet();
        foreach (var group in limited)
        foreach (var member in group.Members)
            if (!free.Remove(member))
                throw new ArgumentException($"Cell {member} is in two groups.", nameof(limited));
        return free.Count == 0 ? new([.. limited]) : new([.. limited, new SpendGroup("", [.. free.Order()], 0, double.PositiveInfinity)]);
    }

    /// <returns>The least and most that all groups take together.</returns>
    public (double Least, double Most) Between(double[] low, double[] high)
    {
        var (least, most) = (0.0, 0.0);
        foreach (var group in all)
        {
            var (from, to) = group.Between(low, high);
            least += from;
            most += to;
        }
        return (least, most);
    }

    /// <returns>Whether some spends between the bounds of the cells keep the groups' limits and sum to the budget.</returns>
    public bool Allow(double[] low, double[] high, double budget) =>
        all.All(g => g.Between(low, high) is var (from, to) && from <= to)
        && Between(low, high) is var (least, most)
        && least <= budget
        && budget <= most;

    public SpendGroup? Impossible(double[] low, double[] high) =>
        all.FirstOrDefault(g => g.Between(low, high) is var (from, to) && from > to * (1 + 1e-12));

    /// <returns>The places of the cells that may take more, as far as their groups' limits go.</returns>
    public IEnumerable<int> WithRoom(double[] spends) => all.Where(g => HasRoom(g.SumOf(spends), g.Most)).SelectMany(g => g.Members);

    /// <returns>Whether a spend is below its limit by more than the last bits of a sum.</returns>
    public static bool HasRoom(double spend, double most) => spend < most * (1 - 1e-9);

    /// <returns>The same, each to take the most (or the least) that it may.</returns>
    public SpendGroups Pinned(double[] low, double[] high, bool most) =>
        new([
            .. all.Select(g =>
            {
                var (from, to) = g.Between(low, high);
                return g with { Least = most ? to : from, Most = most ? to : from };
            }),
        ]);
}
