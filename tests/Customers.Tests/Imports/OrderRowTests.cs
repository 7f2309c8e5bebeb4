using System.Text;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers.Imports;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Imports;

public sealed class OrderRowTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Fact]
    public async Task A_line_of_the_retail_data_is_read()
    {
        var (row, _) = await ReadAsync(
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n536365,85123A,HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom"
        );
        Assert.Equal(
            new OrderRow(
                "536365",
                "17850",
                null,
                "United Kingdom",
                "85123A",
                "HOLDER",
                6,
                2.55m,
                null,
                new DateTimeOffset(2010, 12, 1, 7, 26, 0, TimeSpan.Zero)
            ),
            row
        );
    }

    [Theory]
    [InlineData("2026-07-01T10:00:00Z", 10)]
    [InlineData("2026-07-01 10:00", 8)]
    [InlineData("2026-07-01T10:00:00+05:00", 5)]
    public async Task A_time_without_offset_is_the_shops_own(string date, int hour) =>
        Assert.Equal(
            new DateTimeOffset(2026, 7, 1, hour, 0, 0, TimeSpan.Zero),
            (await ReadAsync($"order,product,quantity,price,date\n1,a,1,1,{date}")).Row!.At
        );

    [Fact]
    public async Task An_hour_that_the_clock_skips_is_a_time_nevertheless() =>
        Assert.Equal(
            new DateTimeOffset(2026, 3, 29, 1, 30, 0, TimeSpan.Zero),
            (await ReadAsync("order,product,quantity,price,date\n1,a,1,1,2026-03-29 02:30")).Row!.At
        );

    [Theory]
    [InlineData(",a,1,1,2026-01-01", "no-order-id")]
    [InlineData("1,,1,1,2026-01-01", "no-product-id")]
    [InlineData("1,a,many,1,2026-01-01", "bad-quantity")]
    [InlineData("1,a,1.5,1,2026-01-01", "bad-quantity")]
    [InlineData("1,a,10000001,1,2026-01-01", "bad-quantity")]
    [InlineData("1,a,0,1,2026-01-01", "zero-quantity")]
    [InlineData("1,a,1,,2026-01-01", "bad-price")]
    [InlineData("1,a,1,free,2026-01-01", "bad-price")]
    [InlineData("1,a,1,1000000000000,2026-01-01", "bad-price")]
    [InlineData("1,a,1,-0.01,2026-01-01", "negative-price")]
    [InlineData("1,a,1,1,someday", "bad-date")]
    [InlineData("1,a,1,1,0001-01-01", "bad-date")]
    [InlineData("1,a,1,1,9999-12-31", "bad-date")]
    public async Task What_cannot_be_used_says_why(string line, string reason) =>
        Assert.Equal((null, reason), await ReadAsync("order,product,quantity,price,date\n" + line));

    [Theory]
    [InlineData("order")]
    [InlineData("customer")]
    [InlineData("email")]
    public async Task An_id_longer_than_can_be_found_again_is_refused(string column)
    {
        var cells = new Dictionary<string, string>
        {
            ["order"] = "1",
            ["product"] = "a",
            ["quantity"] = "1",
            ["price"] = "1",
            ["date"] = "2026-01-01",
        };
        cells[column] = new string('x', 513);
        Assert.Equal((null, "id-too-long"), await ReadAsync($"{string.Join(',', cells.Keys)}\n{string.Join(',', cells.Values)}"));
    }

    [Fact]
    public async Task A_return_has_the_pieces_that_came_back()
    {
        var (row, _) = await ReadAsync("order,product,quantity,price,date,currency\nC1,a,-3,2,2026-01-01,gbp");
        Assert.Equal((-3, "GBP"), (row!.Quantity, row.Currency));
        Assert.Equal(new CartLine("a", null, 3, 2), row.ToLine());
    }

    private static async Task<(OrderRow? Row, string? Reason)> ReadAsync(string file)
    {
        using var table = await CsvTable.OpenAsync(
            new MemoryStream(Encoding.UTF8.GetBytes(file)),
            new Dictionary<string, string>(),
            OrderRow.Columns,
            OrderRow.Required
        );
        await table.ReadAsync();
        return OrderRow.Read(table, Berlin);
    }
}
