using System.Globalization;

namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>A cell's move in a sentence.</summary>
internal static class Explanation
{
    public static string Of(CellBudget cell, BudgetQuestion question, string currency) =>
        cell.Stop is { } stop
            ? $"{Move(cell, currency)}: {stop}"
            : $"{Move(cell, currency)}: {Reason(cell, question, currency)}{Weeks(cell.Belief, currency)}{Limits(cell, question, currency)}";

    public static string OfGone(Cell cell, long previous, string currency) =>
        $"−{Money(previous)} {currency} from {cell}: no performance of it in the days that were looked at.";

    private static string Move(CellBudget cell, string currency) =>
        (cell.Amount - cell.Previous) switch
        {
            null when cell.Previous is null => $"{Money(cell.Amount)} {currency} to {cell.Belief.History.Cell}",
            > 0 and var more => $"+{Money(more)} {currency} to {cell.Belief.History.Cell} (now {Money(cell.Amount)})",
            < 0 and var less => $"−{Money(-less)} {currency} from {cell.Belief.History.Cell} (now {Money(cell.Amount)})",
            _ => $"{Money(cell.Amount)} {currency} stay with {cell.Belief.History.Cell}",
        };

    private static string Reason(CellBudget cell, BudgetQuestion question, string currency)
    {
        var history = cell.Belief.History;
        if (history.Spend == 0)
            return history.Lift is 1
                ? "nothing is known of what spend brings here, so it is believed to be like the others."
                : $"nothing is known of what spend brings here yet; its segment brings {history.Lift.ToString("0.0#", CultureInfo.InvariantCulture)} times what others do on the channel.";
        var unit =
            history.Value is not null ? currency
            : question.Cells.Any(c => c.Value > 0) ? $"{currency} at the common value of a conversion"
            : "conversions";
        var against = cell.MarginalElsewhere is { } elsewhere ? $" against {Returns(elsewhere)} elsewhere" : "";
        return $"the next {currency} returns {Returns(cell.MarginalBefore)} {unit}{against} ({history.Conversions} conversions for "
            + $"{history.Spend.ToString("0.00", CultureInfo.InvariantCulture)} {currency}); after the move {Returns(cell.Marginal)}.";
    }

    private static string Weeks(CurveBelief belief, string currency) =>
        belief.History.Weekly is { } weekly
            ? $" In {weekly.Weeks} weeks of the shop's sales each {currency} on {belief.History.Cell.Channel} caused {Short(weekly.Roi.Estimate)} "
                + $"(90 %: {Short(weekly.Roi.Lower)} to {Short(weekly.Roi.Upper)}); {Percent(Math.Round(belief.WeeklyShare, 2))} of what is believed here follows them."
            : "";

    private static string Limits(CellBudget cell, BudgetQuestion question, string currency) =>
        cell.Limit switch
        {
            BudgetLimit.Minimum =>
                $" It would get less; {Money(question.LimitOf(cell.Belief.History.Cell, 0).Least)} {currency} is its minimum.",
            BudgetLimit.Maximum => $" {Money(question.LimitOf(cell.Belief.History.Cell, 0).Most)} {currency} is its maximum.",
            BudgetLimit.ChannelMinimum =>
                $" It would get less; the channel is held up by its minimum of {Money(ChannelOf(cell, question).Least)} {currency} over all its cells.",
            BudgetLimit.ChannelMaximum =>
                $" It would get more; the channel is held by its maximum of {Money(ChannelOf(cell, question).Most)} {currency} over all its cells.",
            BudgetLimit.MinimumShare => $" It keeps the minimum share of {Percent(question.MinimumShare)}, to learn from.",
            BudgetLimit.HeldUp => $" It would get less; a day may change it by {Percent(question.MaximumDailyChange)} at most.",
            BudgetLimit.HeldDown => $" It would get more; a day may change it by {Percent(question.MaximumDailyChange)} at most.",
            _ => "",
        };

    private static CellLimit ChannelOf(CellBudget cell, BudgetQuestion question) => question.Channels![cell.Belief.History.Cell.Channel];

    private static string Returns(double marginal) => marginal.ToString("0.00##", CultureInfo.InvariantCulture);

    private static string Short(double figure) => figure.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Money(long cents) => (cents / 100m).ToString("0.00", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + "%";
}
