using MarketingPlatform.Architecture.Tests.Rules;
using MarketingPlatform.TestInfrastructure;
using Xunit;

namespace MarketingPlatform.Architecture.Tests;

public class DomainWordsTests
{
    [Theory]
    [InlineData("src/Platform")]
    [InlineData("MarketingPlatform.ServiceDefaults")]
    public void What_every_service_is_built_on_knows_nothing_of_a_shop(string room)
    {
        var files = SourceTree.Files(room, "*.cs").Concat(SourceTree.Files(room, "*.sql")).ToArray();

        Assert.NotEmpty(files);
        Assert.Empty(
            files.SelectMany(file =>
                DomainWords
                    .In(File.ReadAllText(file), sql: file.EndsWith(".sql", StringComparison.Ordinal))
                    .Select(finding => $"{Path.GetRelativePath(SourceTree.Root, file)}:{finding}")
            )
        );
    }

    [Theory]
    [InlineData("internal sealed record CustomerRow(Guid Id);", "1: Customer")]
    [InlineData("work.Publish(new OrderPlaced());", "1: Order")]
    [InlineData("var open = cartLines;", "1: cart")]
    [InlineData("\nconst string Sql = \"select * from segments order by id\";", "2: segments")]
    [InlineData("""var url = "https://x"; var email = 1; // after a text with slashes""", "1: email")]
    public void A_word_of_the_shop_is_reported(string planted, string finding) => Assert.Equal([finding], DomainWords.In(planted));

    [Fact]
    public void A_word_of_the_shop_in_a_migration_is_reported() =>
        Assert.Equal(["2: orders"], DomainWords.In("-- all orders\ncreate table orders (id int);", sql: true));

    [Theory]
    [InlineData("rows.OrderBy(row => row.Id); // the customer's orders")]
    [InlineData("const string Sql = \"select 1 order by id\";")]
    [InlineData("path.StartsWithSegments(\"/health\")")]
    [InlineData("var production = reproducts;")]
    public void Comments_and_names_of_dotnet_and_sql_are_not(string innocent) => Assert.Empty(DomainWords.In(innocent));
}
