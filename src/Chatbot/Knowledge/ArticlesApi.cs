using System.Text.RegularExpressions;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;

namespace MarketingPlatform.Chatbot.Knowledge;

/// <summary>Body of <c>PUT /api/v1/chat/articles/{id}</c>.</summary>
internal sealed record ArticleBody(
    string? Title,
    string? Body,
    string? Url = null,
    string? Language = null,
    IReadOnlyList<string>? Questions = null,
    string? Intent = null
);

/// <summary>Body of <c>POST /api/v1/chat/articles/import</c>: exactly one of the three.</summary>
/// <param name="Csv">The content of a file with the columns <c>question,answer</c>.</param>
/// <param name="Markdown">A document with a heading for each article.</param>
/// <param name="Sitemap">The address of a sitemap whose pages are read.</param>
internal sealed record ArticleImport(string? Csv = null, string? Markdown = null, Uri? Sitemap = null, string? Language = null);

internal sealed record ImportedArticles(int Articles, IReadOnlyList<string> Ids);

internal sealed record AskBody(string? Question);

/// <summary>What the bot knows: articles by REST, imported from files or a sitemap, and a question on trial.</summary>
internal static partial class ArticlesApi
{
    public const string Path = Routes.Chat + "/articles";
    private const int MaxQuestion = 4_000;

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Path, ListAsync).RequireScope(Scope.Read).WithName("ListArticles");
        root.MapGet(Path + "/{id}", GetAsync).RequireScope(Scope.Read).WithName("GetArticle");
        root.MapPut(Path + "/{id}", PutAsync).RequireScope(Scope.Write).WithName("PutArticle");
        root.MapDelete(Path + "/{id}", DeleteAsync).RequireScope(Scope.Write).WithName("DeleteArticle");
        root.MapPost(Path + "/import", ImportAsync).RequireScope(Scope.Write).WithName("ImportArticles");
        root.MapPost(Routes.Chat + "/ask", AskAsync).RequireScope(Scope.Read).WithName("AskArticles");
    }

    private static async Task<IResult> ListAsync(ChatbotDatabase database, int? limit, string? cursor, CancellationToken ct)
    {
        if (!Limit.TryRead(limit, out var size, out var error))
            return Problem.Invalid(error);
        if (!Cursor.TryRead(cursor, 1, out var last, out var badCursor))
            return Problem.Invalid(badCursor);
        var rows = await database.QueryAsync<Row>(ListSql, new { After = last?[0] ?? "", Take = size + 1 }, ct);
        return TypedResults.Ok(Pages.Of(rows, size, article => Cursor.Encode(article.ArticleId)));
    }

    private static async Task<IResult> GetAsync(string id, ChatbotDatabase database, CancellationToken ct) =>
        await ArticleStore.FindAsync(database, id, ct) is { } article ? TypedResults.Ok(article) : NoSuch(id);

    private static async Task<IResult> PutAsync(
        string id,
        ArticleBody body,
        ChatbotDatabase database,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (Check(id, body) is { Count: > 0 } errors)
            return Problem.Invalid([.. errors]);
        var article = new Article(
            id,
            body.Title!.Trim(),
            body.Body!.Trim(),
            body.Url,
            body.Language ?? "en",
            [.. (body.Questions ?? []).Select(q => q.Trim()).Where(q => q.Length > 0)],
            body.Intent
        );
        await using var work = await database.BeginAsync(ct);
        await ArticleStore.SaveAsync(work, [article], "api", clock.GetUtcNow(), ct);
        await work.CommitAsync(ct);
        return TypedResults.Ok(article);
    }

    private static async Task<IResult> DeleteAsync(string id, ChatbotDatabase database, CancellationToken ct) =>
        await database.ExecuteAsync("delete from articles where article_id = @id", new { id }, ct) > 0
            ? TypedResults.NoContent()
            : NoSuch(id);

    private static async Task<IResult> ImportAsync(
        ArticleImport import,
        ChatbotDatabase database,
        Sitemap sitemap,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var language = import.Language ?? "en";
        if (new object?[] { import.Csv, import.Markdown, import.Sitemap }.Count(way => way is not null) != 1)
            return Problem.Invalid(new FieldError("csv", "Give exactly one of csv, markdown and sitemap."));
        if (import.Sitemap is { } given && (!given.IsAbsoluteUri || given.Scheme is not ("http" or "https")))
            return Problem.Invalid(new FieldError("sitemap", "Give an absolute http or https address."));
        if (!LanguageCode().IsMatch(language))
            return Problem.Invalid(new FieldError("language", "Give two lower-case letters such as en."));
        try
        {
            var (articles, source) =
                import.Csv is { } csv ? (ArticleFiles.Csv(csv, language), "csv")
                : import.Markdown is { } markdown ? (ArticleFiles.Markdown(markdown, language), "markdown")
                : (await sitemap.ReadAsync(import.Sitemap!, language, ct), import.Sitemap!.ToString());
            IReadOnlyList<Article> distinct = [.. articles.DistinctBy(a => a.ArticleId)];
            await using var work = await database.BeginAsync(ct);
            await ArticleStore.SaveAsync(work, distinct, source, clock.GetUtcNow(), ct);
            await work.CommitAsync(ct);
            return TypedResults.Ok(new ImportedArticles(distinct.Count, [.. distinct.Select(a => a.ArticleId)]));
        }
        catch (InvalidDataException e)
        {
            return Problem.Invalid(
                new FieldError(
                    import.Csv is not null ? "csv"
                        : import.Markdown is not null ? "markdown"
                        : "sitemap",
                    e.Message
                )
            );
        }
    }

    private static async Task<IResult> AskAsync(
        AskBody body,
        Understanding.MessageReader reader,
        KnowledgeBase knowledge,
        CancellationToken ct
    )
    {
        if (body.Question is not { Length: > 0 and <= MaxQuestion } question)
            return Problem.Invalid(new FieldError("question", $"Give a question of 1 to {MaxQuestion} characters."));
        return TypedResults.Ok(await knowledge.AskAsync(question, await reader.ReadAsync(question, ct), ct));
    }

    private static List<FieldError> Check(string id, ArticleBody body)
    {
        List<FieldError> errors = [];
        if (!Id().IsMatch(id))
            errors.Add(new FieldError("id", "Give 1 to 200 letters, digits and any of - _ . in the path."));
        if (string.IsNullOrWhiteSpace(body.Title) || body.Title.Length > 300 || body.Title.Contains('\0'))
            errors.Add(new FieldError("title", "Give a title of 1 to 300 characters."));
        if (string.IsNullOrWhiteSpace(body.Body) || body.Body.Length > ArticleFiles.MaxBody || body.Body.Contains('\0'))
            errors.Add(new FieldError("body", $"Give the text in Markdown, 1 to {ArticleFiles.MaxBody} characters."));
        if (body.Url is { } url && !(Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            errors.Add(new FieldError("url", "Give an absolute http or https address, or leave it out."));
        if (body.Language is { } language && !LanguageCode().IsMatch(language))
            errors.Add(new FieldError("language", "Give two lower-case letters such as en."));
        if (
            body.Questions is { } questions
            && (questions.Count > 50 || questions.Any(q => q is null || q.Length > 500 || q.Contains('\0')))
        )
            errors.Add(new FieldError("questions", "Give at most 50 questions of at most 500 characters."));
        return errors;
    }

    private static Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult NoSuch(string id) =>
        Problem.NotFound("article", $"There is no article '{id}'; GET {Path} lists them.");

    private sealed record Row(
        string ArticleId,
        string Title,
        string? Url,
        string Language,
        string? Intent,
        string Source,
        DateTimeOffset UpdatedAt
    );

    private const string ListSql = """
        select article_id, title, url, language, intent, source, updated_at from articles where article_id > @After order by article_id limit @Take
        """;

    [GeneratedRegex(@"^[\p{L}\p{Nd}_.-]{1,200}$")]
    private static partial Regex Id();

    [GeneratedRegex("^[a-z]{2}$")]
    private static partial Regex LanguageCode();
}
