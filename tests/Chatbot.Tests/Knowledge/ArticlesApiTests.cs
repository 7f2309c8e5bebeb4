using System.Net;
using System.Net.Http.Json;
using MarketingPlatform.Chatbot.Knowledge;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Knowledge;

public sealed class ArticlesApiTests(RunningChatbot bot) : IClassFixture<RunningChatbot>
{
    [Fact]
    public async Task What_was_written_is_answered_with_its_article_and_forgotten_when_deleted()
    {
        await PutAsync(
            "engraving",
            new
            {
                title = "Engraving",
                body = "We engrave teapots with up to 20 letters.",
                url = "https://t.example/e",
            }
        );

        var answer = await EventuallyAsync("do you engrave teapots", a => a.Knows);

        Assert.Equal("We engrave teapots with up to 20 letters.", answer.Text);
        Assert.Equal(("engraving", "https://t.example/e"), (answer.Citations[0].ArticleId, answer.Citations[0].Url));

        using var deleted = await bot.Client(Scope.Write)
            .DeleteAsync(new Uri(ArticlesApi.Path + "/engraving", UriKind.Relative), RunningChatbot.Ct);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await EventuallyAsync("do you engrave teapots", a => !a.Knows);
    }

    [Fact]
    public async Task A_file_of_pairs_is_imported_and_listed()
    {
        using var response = await PostAsync(
            "/articles/import",
            new { csv = "question,answer\nDo you sell umbrellas?,\"Yes, in red.\"\n" }
        );

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var page = await bot.GetAsync<Page<Listed>>("/articles?limit=200");
        Assert.Contains(page.Items, a => a.ArticleId == "do-you-sell-umbrellas" && a.Source == "csv");
    }

    [Fact]
    public async Task A_list_goes_on_from_its_cursor_and_refuses_one_that_is_none()
    {
        foreach (var id in (string[])["page-a", "page-b", "page-c"])
            await PutAsync(id, new { title = id, body = "A page." });
        List<string> seen = [];
        for (string? cursor = ""; cursor is not null; )
        {
            var page = await bot.GetAsync<Page<Listed>>($"/articles?limit=2&cursor={cursor}");
            seen.AddRange(page.Items.Select(article => article.ArticleId));
            cursor = page.NextCursor;
        }

        Assert.Equal(["page-a", "page-b", "page-c"], seen.Where(id => id.StartsWith("page-", StringComparison.Ordinal)));
        Assert.Equal(seen.Distinct().Count(), seen.Count);
        foreach (var list in (string[])["articles", "conversations", "models"])
        {
            using var refused = await bot.Client(Scope.Read)
                .GetAsync(new Uri($"/api/v1/chat/{list}?cursor=x", UriKind.Relative), RunningChatbot.Ct);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
    }

    [Fact]
    public async Task A_broken_import_names_the_line()
    {
        using var response = await PostAsync("/articles/import", new { csv = "question,answer\nwhat\n" });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("Line 2", await response.Content.ReadAsStringAsync(RunningChatbot.Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sitemap_of_a_private_network_is_not_read()
    {
        using var response = await PostAsync("/articles/import", new { sitemap = "http://127.0.0.1:1/sitemap.xml" });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("private network", await response.Content.ReadAsStringAsync(RunningChatbot.Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_bad_field_of_an_article_is_named()
    {
        using var response = await bot.Client(Scope.Write)
            .PutAsJsonAsync(
                new Uri(ArticlesApi.Path + "/x", UriKind.Relative),
                new
                {
                    title = "",
                    body = " ",
                    url = "ftp://x",
                    language = "English",
                },
                Json.Options,
                RunningChatbot.Ct
            );

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadAsStringAsync(RunningChatbot.Ct);
        Assert.All(["title", "body", "url", "language"], field => Assert.Contains(field, problem, StringComparison.Ordinal));
    }

    private async Task PutAsync(string id, object body)
    {
        using var response = await bot.Client(Scope.Write)
            .PutAsJsonAsync(new Uri($"{ArticlesApi.Path}/{id}", UriKind.Relative), body, Json.Options, RunningChatbot.Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private Task<HttpResponseMessage> PostAsync(string path, object body) =>
        bot.Client(Scope.Write).PostAsJsonAsync(new Uri(Routes.Chat + path, UriKind.Relative), body, Json.Options, RunningChatbot.Ct);

    /// <summary>The index is looked at again after <c>Chatbot:CheckEvery</c>: 50 ms here.</summary>
    private async Task<KnowledgeAnswer> EventuallyAsync(string question, Func<KnowledgeAnswer, bool> expected)
    {
        while (true)
        {
            using var response = await bot.Client(Scope.Read)
                .PostAsJsonAsync(new Uri(Routes.Chat + "/ask", UriKind.Relative), new { question }, Json.Options, RunningChatbot.Ct);
            response.EnsureSuccessStatusCode();
            var answer = (await response.Content.ReadFromJsonAsync<KnowledgeAnswer>(Json.Options, RunningChatbot.Ct))!;
            if (expected(answer))
                return answer;
        }
    }

    private sealed record Listed(string ArticleId, string Source);
}
