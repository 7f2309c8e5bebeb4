using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Chatbot.Knowledge;

/// <summary>The articles in PostgreSQL.</summary>
internal static class ArticleStore
{
    public static async Task<IReadOnlyList<Article>> AllAsync(ChatbotDatabase database, CancellationToken ct) =>
        [.. (await database.QueryAsync<Row>(AllSql, null, ct)).Select(r => r.Article)];

    public static async Task<Article?> FindAsync(ChatbotDatabase database, string id, CancellationToken ct) =>
        (await database.QuerySingleOrDefaultAsync<Row>(AllSql + " where article_id = @id", new { id }, ct))?.Article;

    /// <summary>New ones are added, known ones replaced.</summary>
    public static Task<int> SaveAsync(
        UnitOfWork work,
        IReadOnlyList<Article> articles,
        string source,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        work.ExecuteAsync(
            SaveSql,
            new
            {
                Ids = articles.Select(a => a.ArticleId).ToArray(),
                Titles = articles.Select(a => a.Title).ToArray(),
                Bodies = articles.Select(a => a.Body).ToArray(),
                Urls = articles.Select(a => a.Url).ToArray(),
                Languages = articles.Select(a => a.Language).ToArray(),
                // unnest would flatten an array of arrays.
                Questions = articles.Select(a => System.Text.Json.JsonSerializer.Serialize(a.Questions)).ToArray(),
                Intents = articles.Select(a => a.Intent).ToArray(),
                source,
                now,
            },
            ct
        );

    private sealed record Row(string ArticleId, string Title, string Body, string? Url, string Language, string Questions, string? Intent)
    {
        public Article Article =>
            new(ArticleId, Title, Body, Url, Language, System.Text.Json.JsonSerializer.Deserialize<string[]>(Questions) ?? [], Intent);
    }

    private const string AllSql =
        "select article_id, title, body, url, language, to_jsonb(questions)::text as questions, intent from articles";

    private const string SaveSql = """
        insert into articles (article_id, title, body, url, language, questions, intent, source, updated_at)
        select a.id, a.title, a.body, a.url, a.language, array(select jsonb_array_elements_text(a.questions::jsonb)), a.intent, @source, @now
        from unnest(@Ids::text[], @Titles::text[], @Bodies::text[], @Urls::text[], @Languages::text[], @Questions::text[], @Intents::text[])
            as a (id, title, body, url, language, questions, intent)
        order by a.id
        on conflict (article_id) do update set
            title = excluded.title, body = excluded.body, url = excluded.url, language = excluded.language,
            questions = excluded.questions, intent = excluded.intent, source = excluded.source, updated_at = excluded.updated_at
        """;
}
