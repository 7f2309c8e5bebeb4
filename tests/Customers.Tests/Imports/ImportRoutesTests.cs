using MarketingPlatform.Customers.Imports;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Imports;

public sealed class ImportRoutesTests
{
    [Fact]
    public void Columns_are_pairs_with_commas_between_them() =>
        Assert.Equal(
            new Dictionary<string, string> { ["order"] = "Invoice No", ["product"] = "a=b" },
            ImportRoutes.ParseColumns(" order = Invoice No ,product=a=b,,")
        );

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void No_columns_are_none(string? columns) => Assert.Empty(ImportRoutes.ParseColumns(columns)!);

    [Theory]
    [InlineData("order")]
    [InlineData("=x")]
    [InlineData("order=")]
    [InlineData("order=x,product")]
    public void What_is_not_a_pair_is_refused(string columns) => Assert.Null(ImportRoutes.ParseColumns(columns));
}
