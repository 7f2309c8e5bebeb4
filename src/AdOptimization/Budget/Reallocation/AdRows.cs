using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.AdOptimization.Budget.Reallocation;

/// <summary>One ad of a report: whom it was shown to, what it cost and what it brought.</summary>
/// <param name="Groups">The value of each column that the report is broken down by, in their order.</param>
internal sealed record AdRow(IReadOnlyList<string> Groups, double Impressions, double Clicks, double Spend, double Enquiries, double Sales);

/// <summary>Reads a report of ads: <c>Impressions,Clicks,Spent,Total_Conversion,Approved_Conversion</c> and the columns to break down by.</summary>
internal static class AdRows
{
    public static IReadOnlyList<AdRow> Read(string path, IReadOnlyList<string> by)
    {
        using var rows = CsvRows.Open(path, ["Impressions", "Clicks", "Spent", "Total_Conversion", "Approved_Conversion", .. by]);
        var ads = new List<AdRow>();
        while (rows.Read())
        {
            var ad = new AdRow(
                [.. by.Select(column => rows.Text(column))],
                Count("Impressions"),
                Count("Clicks"),
                Count("Spent"),
                Count("Total_Conversion"),
                Count("Approved_Conversion")
            );
            if (ad.Clicks > ad.Impressions)
                throw rows.Bad("Clicks", $"{ad.Clicks} clicks exceed {ad.Impressions} impressions.");
            if (ad.Sales > ad.Enquiries)
                throw rows.Bad("Approved_Conversion", $"{ad.Sales} approved conversions exceed {ad.Enquiries} in all.");
            ads.Add(ad);
        }
        if (ads.All(a => a.Spend == 0))
            throw new CommandException($"{path}: nothing was spent, so nothing can be moved.");
        return ads;

        double Count(string column) =>
            (double)rows.Number(column) is >= 0 and var number ? number : throw rows.Bad(column, "it is negative.");
    }
}
