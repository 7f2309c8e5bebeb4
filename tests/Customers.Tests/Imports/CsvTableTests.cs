using System.Text;
using MarketingPlatform.Customers.Imports;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Imports;

public sealed class CsvTableTests
{
    private static readonly Dictionary<string, string[]> Known = new()
    {
        ["order"] = ["invoice_no"],
        ["price"] = ["unit_price"],
        ["note"] = [],
    };

    [Theory]
    [InlineData("order,price\n1,2")]
    [InlineData("InvoiceNo;Unit Price\n1;2")]
    [InlineData("INVOICE_NO\tunit-price\r\n1\t2")]
    [InlineData("x|price|order\n9|2|1")]
    [InlineData("\uFEFFinvoice no,price\n 1 , 2 ")]
    public async Task Columns_are_found_under_the_names_that_exports_use(string file)
    {
        using var table = await OpenAsync(file);
        Assert.True(await table.ReadAsync());
        Assert.Equal(("1", "2", null), (table["order"], table["price"], table["note"]));
        Assert.False(await table.ReadAsync());
    }

    [Fact]
    public async Task What_the_caller_names_goes_first()
    {
        using var table = await OpenAsync("order,other,price\n1,7,2", new() { ["order"] = "Other" });
        await table.ReadAsync();
        Assert.Equal("7", table["order"]);
    }

    [Fact]
    public async Task Cells_are_trimmed_and_empty_ones_are_absent()
    {
        using var table = await OpenAsync("order,price,note\n1,\"2\",\" a\0b \"\n3, ,\n4");
        await table.ReadAsync();
        Assert.Equal(("1", "2", "ab"), (table["order"], table["price"], table["note"]));
        await table.ReadAsync();
        Assert.Equal(("3", null, null), (table["order"], table["price"], table["note"]));
        await table.ReadAsync();
        Assert.Equal(("4", null, null), (table["order"], table["price"], table["note"]));
    }

    [Fact]
    public async Task A_missing_column_is_named_with_those_that_are_there()
    {
        var error = await Assert.ThrowsAsync<UnusableFileException>(() => OpenAsync("order,cost\n1,2"));
        Assert.Contains("no column for: price.", error.Message, StringComparison.Ordinal);
        Assert.Contains("order, cost", error.Message, StringComparison.Ordinal);
        Assert.Contains("columns=price=NAME", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    public async Task An_empty_file_is_said_to_be_empty(string file) =>
        Assert.Contains(
            "empty",
            (await Assert.ThrowsAsync<UnusableFileException>(() => OpenAsync(file))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public async Task A_quote_that_never_ends_is_the_files_fault()
    {
        using var table = await OpenAsync("order,price\n1,\"" + new string('x', 100_000));
        var error = await Assert.ThrowsAsync<UnusableFileException>(table.ReadAsync);
        Assert.Contains("quote", error.Message, StringComparison.Ordinal);
    }

    internal static Task<CsvTable> OpenAsync(string file, Dictionary<string, string>? named = null) =>
        CsvTable.OpenAsync(new MemoryStream(Encoding.UTF8.GetBytes(file)), named ?? [], Known, ["order", "price"]);
}
