using System.IO.Compression;
using System.Text;
using CsCheck;
using MarketingPlatform.Cli.Evaluate;
using MarketingPlatform.Platform.CommandLine;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Evaluate;

public sealed class CsvTableTests
{
    [Fact]
    public void Quotes_line_breaks_and_blank_lines_are_read_as_RFC_4180_says()
    {
        using var table = Table("name,said\r\nAda,\"one, \"\"two\"\"\nthree\"\r\n\r\n\"Bob\",\r\nEve,4\" nail");

        Assert.Equal(["name", "said"], table.Columns);
        Assert.Equal([("Ada", "one, \"two\"\nthree", 2), ("Bob", "", 5), ("Eve", "4\" nail", 6)], Rows(table));
    }

    /// <summary>Rows cross the ends of the reader's buffer at every place.</summary>
    [Fact]
    public void What_was_written_is_read_back() =>
        Gen.Select(Gen.String[Gen.Char["ab,\"\n\r é"], 0, 30], Gen.String[Gen.Char["xy;\"\n,"], 0, 30])
            .List[2_000, 6_000]
            .Sample(
                rows =>
                {
                    var text = new StringBuilder("a,b\n");
                    foreach (var (a, b) in rows)
                        text.Append('"').Append(a.Replace("\"", "\"\"")).Append("\",\"").Append(b.Replace("\"", "\"\"")).Append("\"\n");
                    using var table = Table(text.ToString());
                    return Rows(table).Select(row => (row.Item1, row.Item2)).SequenceEqual(rows);
                },
                iter: 20
            );

    [Theory]
    [InlineData("a;b\n1,5;x\n", "1,5")]
    [InlineData("a\tb\n1\tx\n", "1")]
    [InlineData("\uFEFFa,b\n1,x\n", "1")]
    public void The_separator_is_the_headers(string text, string first)
    {
        using var table = Table(text);
        Assert.Equal(first, Rows(table)[0].Item1);
    }

    [Fact]
    public void A_packed_file_is_unpacked()
    {
        var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
            zip.Write("a,b\n1,2\n"u8);
        packed.Position = 0;

        using var table = CsvTable.Read("orders.csv.gz", packed);
        Assert.Equal([("1", "2", 2)], Rows(table));
    }

    [Theory]
    [InlineData("", "t.csv is empty: its first line has to name the columns.")]
    [InlineData("a,b\n1\n", "t.csv, line 2: 1 fields where the header has 2.")]
    [InlineData("a,b\n1,\"2\n", "t.csv, line 2: a quote is opened and never closed.")]
    [InlineData("a,b\n1,\"2\"3\n", "t.csv, line 2: text follows a closing quote; a quote inside of quotes is written twice.")]
    public void A_broken_file_is_refused_with_its_line(string text, string message) =>
        Assert.Equal(message, Assert.Throws<CommandException>(() => Rows(Table(text))).Message);

    [Theory]
    [InlineData("x", "\"x\" is not a number (a decimal point and no thousands separator are expected).")]
    [InlineData("", "empty where a number is needed; write 0 for nothing, or leave the row out.")]
    [InlineData("NaN", "\"NaN\" is not a finite number.")]
    [InlineData("1e999", "\"1e999\" is not a finite number.")]
    public void A_field_that_is_no_number_is_refused_with_file_line_and_column(string field, string problem)
    {
        using var table = Table($"a,b\n1,2\n{field},3\n");
        table.Read();
        table.Read();
        Assert.Equal($"t.csv, line 3, column \"a\": {problem}", Assert.Throws<CommandException>(() => table.Number(0)).Message);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("-1.5e2", -150)]
    [InlineData("True", 1)]
    [InlineData("false", 0)]
    public void A_number_has_a_point_and_truths_count_as_1(string field, double number)
    {
        using var table = Table($"a,b\n{field},3\n");
        table.Read();
        Assert.Equal(number, table.Number(0));
    }

    [Fact]
    public void A_missing_column_is_refused_with_those_that_are_there()
    {
        using var table = Table("a,b\n");
        Assert.Equal(
            "t.csv has no column \"c\" (--metric). Its columns are: a, b.",
            Assert.Throws<CommandException>(() => table.Column("c", "--metric")).Message
        );
    }

    [Fact]
    public void A_file_in_another_encoding_is_refused() =>
        Assert.Contains(
            "not in UTF-8",
            Assert.Throws<CommandException>(() => CsvTable.Read("t.csv", new MemoryStream([0x61, 0xE9, 0x0A]))).Message
        );

    private static CsvTable Table(string text) => CsvTable.Read("t.csv", new MemoryStream(Encoding.UTF8.GetBytes(text)));

    private static List<(string, string, long)> Rows(CsvTable table)
    {
        var rows = new List<(string, string, long)>();
        while (table.Read())
            rows.Add((table[0].ToString(), table[1].ToString(), table.Line));
        return rows;
    }
}
