using System.Net;
using MarketingPlatform.Chatbot.Knowledge;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Knowledge;

public sealed class ArticleFilesTests
{
    [Fact]
    public void Pairs_of_question_and_answer_become_articles()
    {
        var articles = ArticleFiles.Csv(
            "Question,Answer,url\nWhat does it cost?|How much is it?,\"Five euro, net.\",https://a.example/x\n",
            "en"
        );

        var article = Assert.Single(articles);
        Assert.Equal(("what-does-it-cost", "What does it cost?", "Five euro, net."), (article.ArticleId, article.Title, article.Body));
        Assert.Equal(["What does it cost?", "How much is it?"], article.Questions);
        Assert.Equal("https://a.example/x", article.Url);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("text,label\na,b", "question and answer are needed; there are text, label")]
    [InlineData("question,answer\n", "no question")]
    [InlineData("question,answer\nwhat,yes\nwho,\n", "Line 3")]
    [InlineData("question,answer\nwhat, yes, no\n", "Line 2")]
    public void A_file_that_cannot_be_used_says_where_and_why(string csv, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => ArticleFiles.Csv(csv, "en")).Message, StringComparison.Ordinal);

    [Fact]
    public void Each_heading_begins_an_article()
    {
        var articles = ArticleFiles.Markdown("# One\n\nFirst *text*.\n\n### part\n\nmore\n\n## Two\nSecond.\n# Empty\n", "en");

        Assert.Equal(["one", "two"], articles.Select(a => a.ArticleId));
        Assert.Equal([("", "First text."), ("part", "more")], articles[0].Passages());
    }

    [Fact]
    public void A_document_without_headings_is_refused() =>
        Assert.Contains(
            "heading",
            Assert.Throws<InvalidDataException>(() => ArticleFiles.Markdown("text", "en")).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_page_is_read_without_its_menu()
    {
        var page = Sitemap.Page(
            "<html lang=de><title>T</title><nav><p>Home</p></nav><main><h1>Versand</h1><p>Wir liefern in zwei Tagen mit der Post.</p><h2>Kosten</h2><p>Fünf Euro</p><script>x</script></main>",
            new Uri("https://a.example/hilfe/versand"),
            "en"
        );

        Assert.Equal(("hilfe-versand", "Versand", "de"), (page?.ArticleId, page?.Title, page?.Language));
        Assert.Equal("Wir liefern in zwei Tagen mit der Post.\n\n## Kosten\n\nFünf Euro", page?.Body);
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.20.0.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("93.184.216.34", true)]
    [InlineData("2606:2800:220:1::1", true)]
    public void Private_networks_are_recognised(string address, bool open) =>
        Assert.Equal(open, Sitemap.IsPublic(IPAddress.Parse(address)));
}
