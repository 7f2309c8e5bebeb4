using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Cli.Api;
using MarketingPlatform.Cli.Progress;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Import;

/// <summary>Sends a shop's CSV files to a running platform and prints what became of their lines.</summary>
internal static class ImportCommand
{
    public static Command Create(TimeProvider clock)
    {
        var products = Paths("--products", "Product files or folders of them (.csv, .csv.gz).");
        var customers = Paths("--customers", "Customer files or folders.");
        var orders = Paths("--orders", "Order files or folders: a line a product of an order.");
        var spend = Paths("--spend", "Files of what channels cost: date, channel, campaign, spend, currency.");
        var columns = new Option<string?>("--columns")
        {
            Description =
                "Our names of columns that the files call otherwise: order=InvoiceNo,product=StockCode. Applies to all files of this call.",
        };
        var currency = new Option<string?>("--currency") { Description = "ISO 4217 code of amounts without one, such as GBP." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of text." };
        var port = CommonOptions.Port();
        var data = CommonOptions.Data();
        var command = new Command("import", "Import CSV files of products, customers and orders into a running platform.")
        {
            orders,
            customers,
            products,
            spend,
            columns,
            currency,
            json,
            port,
            data,
        };
        command.Validators.Add(result =>
        {
            if (new[] { products, customers, orders, spend }.All(option => result.GetResult(option) is null or { Implicit: true }))
                result.AddError("Name at least one file or folder with --orders, --customers, --products or --spend.");
        });
        command.SetAction(
            async (parsed, ct) =>
            {
                // Products and customers first, so that orders find them.
                IReadOnlyList<ImportFile> files =
                [
                    .. ImportFile.Find("products", parsed.GetValue(products) ?? []),
                    .. ImportFile.Find("customers", parsed.GetValue(customers) ?? []),
                    .. ImportFile.Find("orders", parsed.GetValue(orders) ?? []),
                ];
                using var api = PlatformApi.Connect(parsed.GetRequiredValue(port), parsed.GetRequiredValue(data), clock);
                await api.EnsureHealthyAsync(ct);
                var output = parsed.InvocationConfiguration.Output;
                var spendFiles = ImportFile.Find("spend", parsed.GetValue(spend) ?? []);
                if (spendFiles.Count > 0)
                {
                    var report = await ImportSpend.RunAsync(api, spendFiles, parsed.GetValue(currency), ct);
                    if (!parsed.GetValue(json))
                        report.Write(output);
                    else if (files.Count == 0)
                        await output.WriteJsonAsync(report);
                }
                if (files.Count == 0)
                    return 0;
                var query = Query(parsed.GetValue(columns), parsed.GetValue(currency));
                await RunAsync(api, files, query, parsed.GetValue(json), output, ct);
                return 0;
            }
        );
        return command;

        static Option<string[]> Paths(string name, string description) =>
            new(name) { Description = description, AllowMultipleArgumentsPerToken = true };
    }

    private static async Task RunAsync(
        PlatformApi api,
        IReadOnlyList<ImportFile> files,
        string query,
        bool json,
        TextWriter output,
        CancellationToken ct
    )
    {
        var display = ProgressDisplay.ForThisProcess();
        var answers = new JsonArray();
        var reports = new List<ImportReport>();
        foreach (var file in files)
        {
            var path = $"{Routes.Imports}?kind={file.Kind}&name={Uri.EscapeDataString(file.Name)}{query}";
            var body = await display.RunAsync(file.Name, progress => api.UploadAsync(path, () => new CsvContent(file, progress), ct));
            var report = ImportReport.Parse(file.Name, body);
            reports.Add(report);
            if (json)
                answers.Add(new JsonObject { ["file"] = file.Path, ["report"] = JsonNode.Parse(body) });
            else
                output.WriteLine(report.ToText(file.Name));
        }

        var totals = reports.GroupBy(report => report.Kind).Select(ImportReport.Total).ToArray();
        if (json)
        {
            var all = new JsonObject
            {
                ["files"] = answers,
                ["totals"] = JsonSerializer.SerializeToNode(totals, JsonSerializerOptions.Web),
            };
            output.WriteLine(all.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
            return;
        }
        foreach (var total in totals)
            output.WriteLine(total.ToText($"Total of {reports.Count(report => report.Kind == total.Kind)} {total.Kind} file(s)"));
    }

    internal static string Query(string? columns, string? currency) =>
        (columns is null ? "" : $"&columns={Uri.EscapeDataString(columns)}")
        + (currency is null ? "" : $"&currency={Uri.EscapeDataString(currency)}");
}
