using MarketingPlatform.AdOptimization.Budget.Optimum;
using MarketingPlatform.AdOptimization.Response;

namespace MarketingPlatform.AdOptimization.Budget.Reallocation;

internal sealed record GroupTotals(
    string Column,
    string Value,
    int Ads,
    double Impressions,
    double Clicks,
    double Spend,
    double Enquiries,
    double Sales
)
{
    public double? CostOfSale => Sales > 0 ? Spend / Sales : null;
}

/// <param name="Cell">The groups, as 30-34/M/15.</param>
/// <param name="Proposed">Spend after the move.</param>
internal sealed record MovedCell(string Cell, double Spend, double Proposed, double ExpectedSales, double ExpectedSalesProposed);

/// <param name="Gain">More sales for the same money, as a part of the expected ones: median and 90 % of the halves' verdicts.</param>
/// <param name="SameForLess">The part of the spend that would do for the sales that are expected now.</param>
internal sealed record ReallocationReport(
    GroupTotals Total,
    IReadOnlyList<GroupTotals> Groups,
    Figure Elasticity,
    double MostChange,
    Figure Gain,
    double SameForLess,
    IReadOnlyList<MovedCell> Cells
);

/// <summary>
/// The division of a report's spend over its cells (every combination of its groups) that is expected to sell most, no cell moved by more
/// than a factor. What it gains is measured over random halves of the ads: one half proposes, the other judges.
/// </summary>
internal static class Reallocation
{
    private const int Splits = 100;

    /// <param name="mostChange">2: a cell gets from half to twice what it had.</param>
    public static ReallocationReport Of(IReadOnlyList<AdRow> ads, IReadOnlyList<string> by, double mostChange, int seed)
    {
        var everyAd = ads.Select(_ => 1.0).ToArray();
        var fit = SpendElasticity.Fit(ads, everyAd);
        var cells = ads.GroupBy(ad => string.Join('/', ad.Groups)).Where(c => c.Sum(ad => ad.Spend) > 0).ToArray();
        var spend = cells.Select(c => c.Sum(ad => ad.Spend)).ToArray();
        var total = spend.Sum();
        var best = Solve(fit, total);

        // A proposal is judged by ads that it was not made from: on its own ones the best always looks better than it is.
        var random = new Random(seed);
        var (gains, elasticities) = (new List<double>(), new List<double>());
        for (var split = 0; split < Splits; split++)
        {
            var half = ads.Select(_ => (double)random.Next(2)).ToArray();
            var (maker, judge) = (SpendElasticity.Fit(ads, half), SpendElasticity.Fit(ads, [.. half.Select(w => 1 - w)]));
            gains.Add(Sales(judge, Solve(maker, total)) / Sales(judge, spend) - 1);
            elasticities.Add(judge.Elasticity);
        }
        return new(
            Totals("total", "", ads),
            [
                .. by.SelectMany(
                    (column, i) =>
                        ads.GroupBy(ad => ad.Groups[i])
                            .OrderBy(g => g.Key, StringComparer.Ordinal)
                            .Select(g => Totals(column, g.Key, [.. g]))
                ),
            ],
            Figure.Of(elasticities) with
            {
                Estimate = fit.Elasticity,
            },
            mostChange,
            Figure.Of(gains),
            SameForLess(),
            [.. cells.Select((c, i) => new MovedCell(c.Key, spend[i], best[i], CellSales(fit, i, spend[i]), CellSales(fit, i, best[i])))]
        );

        // A cell's ads share its money as they did: its sales go with the power of its spend.
        double CellSales(SpendElasticity model, int i, double money) => Curve(model, i).Return(money);

        PowerCurve Curve(SpendElasticity model, int i)
        {
            var now = cells[i].Sum(ad => ad.Spend > 0 ? model.Level(ad.Groups) * Math.Pow(ad.Spend, model.Elasticity) : 0);
            return new PowerCurve(now / Math.Pow(spend[i], model.Elasticity), model.Elasticity);
        }

        double Sales(SpendElasticity model, double[] money) => money.Select((m, i) => CellSales(model, i, m)).Sum();

        double[] Solve(SpendElasticity model, double budget) =>
            [
                .. BudgetOptimiser
                    .Solve(
                        [.. cells.Select((c, i) => new SpendCell(c.Key, Curve(model, i), spend[i] / mostChange, spend[i] * mostChange))],
                        budget
                    )
                    .Cells.Select(c => c.Spend),
            ];

        double SameForLess()
        {
            var now = Sales(fit, spend);
            var (least, most) = (1 / mostChange, 1.0);
            for (var step = 0; step < 40; step++)
            {
                var middle = (least + most) / 2;
                if (Sales(fit, Solve(fit, Math.Max(middle * total, total / mostChange))) < now)
                    least = middle;
                else
                    most = middle;
            }
            return most;
        }
    }

    private static GroupTotals Totals(string column, string value, IReadOnlyList<AdRow> ads) =>
        new(
            column,
            value,
            ads.Count,
            ads.Sum(a => a.Impressions),
            ads.Sum(a => a.Clicks),
            ads.Sum(a => a.Spend),
            ads.Sum(a => a.Enquiries),
            ads.Sum(a => a.Sales)
        );
}
