using System.CommandLine;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using MarketingPlatform.Cli.Api;
using MarketingPlatform.Cli.Import;
using MarketingPlatform.Platform.CommandLine;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Import;

public sealed class ImportCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("marketing-import-").FullName;
    private readonly List<(string Query, string Key, string Body)> _received = [];

    [Fact]
    public async Task Packed_and_plain_files_of_a_folder_arrive_as_text_in_the_order_of_their_names()
    {
        Write("2.csv", "b\n2\n");
        Write("1.csv.gz", "a\n1\n", packed: true);
        Write("readme.md", "not data");
        await using var platform = await FakePlatform.StartAsync(ReportAsync);

        var (code, output) = await RunAsync(
            platform,
            "--orders",
            _folder,
            "--currency",
            "GBP",
            "--columns",
            "order=InvoiceNo,product=Stock Code"
        );

        Assert.Equal(0, code);
        Assert.Equal(["a\n1\n", "b\n2\n"], _received.Select(request => request.Body));
        Assert.Contains(
            "?kind=orders&name=1.csv.gz&columns=order%3DInvoiceNo%2Cproduct%3DStock%20Code&currency=GBP",
            _received[0].Query,
            StringComparison.Ordinal
        );
        Assert.Equal("Bearer mp_write", _received[0].Key);
        Assert.Contains(
            "Total of 2 orders file(s): completed\n  lines:     20 read, 16 accepted, 4 rejected",
            output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Products_and_customers_go_before_orders()
    {
        Write("o.csv", "o");
        Write("c.csv", "c");
        Write("p.csv", "p");
        await using var platform = await FakePlatform.StartAsync(ReportAsync);

        await RunAsync(platform, "--orders", In("o.csv"), "--customers", In("c.csv"), "--products", In("p.csv"));

        Assert.Equal(["p", "c", "o"], _received.Select(request => request.Body));
    }

    [Fact]
    public async Task As_json_it_holds_each_report_and_the_totals()
    {
        Write("1.csv", "a");
        Write("2.csv", "b");
        await using var platform = await FakePlatform.StartAsync(ReportAsync);

        var (_, output) = await RunAsync(platform, "--orders", In("1.csv"), In("2.csv"), "--json");

        var json = JsonNode.Parse(output)!;
        Assert.Equal(2, json["files"]!.AsArray().Count);
        Assert.Equal(20, (long)json["totals"]![0]!["lines"]!["read"]!);
        Assert.Equal(8, (long)json["totals"]![0]!["orders"]!["read"]!);
    }

    [Fact]
    public async Task A_missing_path_is_named_before_anything_is_sent()
    {
        Write("1.csv", "a");
        await using var platform = await FakePlatform.StartAsync(ReportAsync);

        var failure = await Assert.ThrowsAsync<CommandException>(() => RunAsync(platform, "--orders", In("1.csv"), In("gone.csv")));

        Assert.Contains("gone.csv", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_received);
    }

    [Fact]
    public async Task A_damaged_packed_file_is_named()
    {
        Write("1.csv.gz", string.Join('\n', Enumerable.Range(0, 5_000)), packed: true);
        var bytes = await File.ReadAllBytesAsync(In("1.csv.gz"), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(In("1.csv.gz"), bytes[..(bytes.Length / 2)], TestContext.Current.CancellationToken);
        await using var platform = await FakePlatform.StartAsync(ReportAsync);

        var failure = await Assert.ThrowsAsync<CommandException>(() => RunAsync(platform, "--orders", In("1.csv.gz")));

        Assert.Contains("1.csv.gz cannot be read", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_told_without_sending_the_file()
    {
        await File.WriteAllBytesAsync(In("1.csv"), new byte[40_000_000], TestContext.Current.CancellationToken);
        await using var platform = await FakePlatform.StartAsync(async context =>
        {
            context.Response.StatusCode = context.Request.Path == "/health" ? 200 : 400;
            await context.Response.WriteAsync("""{"detail":"The currency is unknown."}""");
        });

        var failure = await Assert.ThrowsAsync<CommandException>(() => RunAsync(platform, "--orders", In("1.csv")));

        Assert.Contains("The currency is unknown.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_breaks_half_way_is_not_tried_again()
    {
        Write("1.csv", "a");
        var calls = 0;
        await using var platform = await FakePlatform.StartAsync(async context =>
        {
            if (context.Request.Path == "/health")
                return;
            calls++;
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Abort();
        });

        await Assert.ThrowsAsync<CommandException>(() => RunAsync(platform, "--orders", In("1.csv")));

        Assert.Equal(1, calls);
    }

    [Fact]
    public void Without_any_file_the_command_line_is_refused() =>
        Assert.Contains(
            ImportCommand.Create(TimeProvider.System).Parse(["--currency", "GBP"]).Errors,
            error => error.Message.Contains("--orders")
        );

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task ReportAsync(HttpContext context)
    {
        if (context.Request.Path == "/health")
            return;
        using var reader = new StreamReader(context.Request.Body);
        _received.Add(
            (context.Request.QueryString.Value!, context.Request.Headers.Authorization.ToString(), await reader.ReadToEndAsync())
        );
        await context.Response.WriteAsync(
            """
            {"kind":"orders","status":"completed","lines":{"read":10,"accepted":8,"rejected":2},"orders":{"read":4,"accepted":3,"refunds":1}}
            """
        );
    }

    private static async Task<(int Code, string Output)> RunAsync(FakePlatform platform, params string[] args)
    {
        var output = new StringWriter();
        var settings = new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false };
        string[] all = [.. args, "--port", $"{platform.Port}", "--data", platform.Data];
        var code = await ImportCommand.Create(TimeProvider.System).Parse(all).InvokeAsync(settings, TestContext.Current.CancellationToken);
        return (code, output.ToString());
    }

    private string In(string name) => Path.Combine(_folder, name);

    private void Write(string name, string text, bool packed = false)
    {
        using Stream file = File.Create(In(name));
        using var target = packed ? new GZipStream(file, CompressionLevel.Fastest) : file;
        target.Write(Encoding.UTF8.GetBytes(text));
    }
}
