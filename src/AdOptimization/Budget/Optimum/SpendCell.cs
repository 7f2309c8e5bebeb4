using MarketingPlatform.AdOptimization.Response;

namespace MarketingPlatform.AdOptimization.Budget.Optimum;

/// <summary>Where money can go, what it returns there, and how much may or must go there.</summary>
/// <param name="Least">Zero or more.</param>
/// <param name="Most">At least <paramref name="Least"/>, finite.</param>
internal sealed record SpendCell(string Name, ResponseCurve Curve, double Least, double Most);

/// <param name="Marginal">What the next euro would return.</param>
internal sealed record CellSpend(SpendCell Cell, double Spend, double Return, double Marginal);

/// <summary>The best division of a budget that was found, and how good any other could be at most.</summary>
/// <param name="Spent">The budget, or less where the cells may not take all of it: then <paramref name="Reason"/> says so.</param>
/// <param name="Return">Of the whole division.</param>
/// <param name="Bound">No division that keeps the bounds returns more. Proven: it is a value of the Lagrangian dual.</param>
/// <param name="Price">The dual's multiplier at the end. It falls as the budget rises, also where S-shaped curves let the next euro return
/// more than the last one did.</param>
/// <param name="NextReturn">What another euro of budget would return at this division: the steepest slope of a cell that may take it.</param>
/// <param name="Nodes">Parts of the problem that branch and bound looked at; 1 where every curve is concave.</param>
internal sealed record OptimalBudget(
    IReadOnlyList<CellSpend> Cells,
    double Spent,
    double Return,
    double Bound,
    double Price,
    double NextReturn,
    int Nodes,
    string? Reason
)
{
    /// <value>Of the bound: 0.001 means that no division returns over 0.1 % more.</value>
    public double Gap => Bound > 0 ? Math.Max(0, Bound - Return) / Bound : 0;
}
