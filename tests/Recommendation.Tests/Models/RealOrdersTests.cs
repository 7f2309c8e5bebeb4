using System.Globalization;
using System.IO.Compression;
using MarketingPlatform.Recommendation.Models;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Models;

/// <summary>The model on orders that nobody made up. The data lie beside the project, not in it.</summary>
public sealed class RealOrdersTests
{
    [Fact]
    public void The_model_foretells_a_retailers_orders_better_than_popularity_does()
    {
        var folder = FolderOf("online-retail");
        Assert.SkipWhen(folder is null, "../shared/data/online-retail is not here: the model cannot be measured on real orders.");
        var rows = Directory
            .GetFiles(folder!, "*.csv.gz")
            .Order()
            .SelectMany(Read)
            .Where(r => r is { Quantity: > 0, CustomerId: > 0 })
            .ToArray();
        var newest = rows.Max(r => r.InvoiceDate);
        var set = new TrainingSet();
        var customers = rows.GroupBy(r => r.CustomerId!.Value).ToArray();
        var options = new RecommendationOptions();
        var learning = new Learning(
            options.CoPurchase,
            set,
            At(newest),
            TimeSpan.FromDays(options.PopularityWindowDays),
            TimeSpan.FromDays(options.PopularityHalfLifeDays),
            holdOutShare: 1,
            new HashSet<Guid>()
        );
        var started = TimeProvider.System.GetTimestamp();
        foreach (var customer in customers)
        {
            learning.Add(new Buyer(IdOf(customer.Key), Lines(set, customer)));
        }
        var model = learning.Measurable(TestContext.Current.CancellationToken);
        var trained = TimeProvider.System.GetElapsedTime(started);
        var popular = learning.MeasurablePopularity();
        var halfLife = TimeSpan.FromDays(options.HistoryHalfLifeDays);

        var byModel = HoldOut.Hits(model, learning.HeldOut, popular, halfLife, TestContext.Current.CancellationToken);
        var byPopularity = HoldOut.Hits(null, learning.HeldOut, popular, halfLife, TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{rows.Length} lines, {customers.Length} customers, {set.ProductIds.Count} products, trained in {trained.TotalSeconds:0.0} s; "
                + $"{learning.HeldOut.Count} orders held out: hit rate {Rate(byModel):0.000}, popularity {Rate(byPopularity):0.000}"
        );
        Assert.True(learning.HeldOut.Count > 500);
        Assert.True(Rate(byModel) > 1.1 * Rate(byPopularity));
        Assert.True(Promotion.First(byModel, byPopularity).Promote);
    }

    private static List<BoughtLine> Lines(TrainingSet set, IEnumerable<Row> rows)
    {
        var newestFirst = rows.OrderByDescending(r => r.InvoiceDate).ThenBy(r => r.InvoiceNo, StringComparer.Ordinal).ToArray();
        var orders = newestFirst.Select(r => r.InvoiceNo).Distinct().Index().ToDictionary(o => o.Item, o => o.Index);
        return [.. newestFirst.Select(r => new BoughtLine(set.Number(r.StockCode), orders[r.InvoiceNo], At(r.InvoiceDate)))];
    }

    private static double Rate(bool[] hits) => hits.Count(h => h) / (double)hits.Length;

    private static DateTimeOffset At(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));

    private static Guid IdOf(double customer) => new((int)customer, 0, 0, new byte[8]);

    /// <summary>InvoiceNo, StockCode, Description (may contain commas), Quantity, InvoiceDate, UnitPrice, CustomerID, Country.</summary>
    private static List<Row> Read(string path)
    {
        using var file = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        file.ReadLine();
        var rows = new List<Row>();
        while (file.ReadLine() is { } line)
        {
            var fields = line.Split(',');
            rows.Add(
                new Row(
                    fields[0],
                    fields[1],
                    int.Parse(fields[^5], CultureInfo.InvariantCulture),
                    DateTime.Parse(fields[^4], CultureInfo.InvariantCulture),
                    double.TryParse(fields[^2], CultureInfo.InvariantCulture, out var customer) ? customer : null
                )
            );
        }
        return rows;
    }

    private static string? FolderOf(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data", name);
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }
        return null;
    }

    private sealed record Row(string InvoiceNo, string StockCode, int Quantity, DateTime InvoiceDate, double? CustomerId);
}
