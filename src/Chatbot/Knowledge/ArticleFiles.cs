using System.Globalization;
using System.Text.RegularExpressions;
using CsvHelper;
using CsvHelper.Configuration;

namespace MarketingPlatform.Chatbot.Knowledge;

/// <summary>Articles of files: CSV of questions and answers, or one Markdown document with an article a heading.</summary>
internal static partial class ArticleFiles
{
    public const int MaxBody = 50_000;
    private const int MaxTitle = 300;

    /// <summary>Columns <c>question,answer</c>, optional <c>id,title,url,intent,language</c>; more questions of one answer stand after a <c>|</c>.</summary>
    /// <exception cref="InvalidDataException">Names the line that cannot be used.</exception>
    public static IReadOnlyList<Article> Csv(string content, string language)
    {
        using var csv = new CsvReader(
            new StringReader(content),
            new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                BadDataFound = null,
                MissingFieldFound = null,
                PrepareHeaderForMatch = h => h.Header.Trim().ToLowerInvariant(),
            }
        );
        if (!csv.Read() || !csv.ReadHeader() || csv.HeaderRecord is not { } header)
            throw new InvalidDataException("The file is empty; its first line must be 'question,answer'.");
        var names = header.Select(h => h.Trim().ToLowerInvariant()).ToArray();
        if (!names.Contains("question") || !names.Contains("answer"))
            throw new InvalidDataException($"The columns question and answer are needed; there are {string.Join(", ", header)}.");
        var articles = new List<Article>();
        while (csv.Read())
        {
            var questions = (csv["question"] ?? "").Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var answer = (csv["answer"] ?? "").Trim();
            if (csv.Parser.Count != header.Length || questions.Length == 0 || answer.Length is 0 or > MaxBody)
                throw new InvalidDataException(
                    $"Line {csv.Parser.RawRow}: give a question and an answer of at most {MaxBody} characters, in quotes where they hold a comma."
                );
            string? Cell(string name) =>
                names.Contains(name) && csv[name] is { } cell && !string.IsNullOrWhiteSpace(cell) ? cell.Trim() : null;
            articles.Add(
                new Article(
                    Cell("id") ?? Slug(questions[0]),
                    Cut(Cell("title") ?? questions[0]),
                    answer,
                    Cell("url"),
                    Cell("language") ?? language,
                    questions,
                    Cell("intent")
                )
            );
        }
        return articles.Count > 0 ? articles : throw new InvalidDataException("The file holds no question.");
    }

    /// <summary>Each heading of the first or second level begins an article; what stands before the first one needs a heading too.</summary>
    /// <exception cref="InvalidDataException">There is no heading, or an article has no text.</exception>
    public static IReadOnlyList<Article> Markdown(string content, string language)
    {
        var headings = Heading().Matches(content);
        if (headings.Count == 0)
            throw new InvalidDataException("Begin each article with a heading, '# How long does delivery take?'.");
        return
        [
            .. headings
                .Select(
                    (heading, n) =>
                    {
                        var end = n + 1 < headings.Count ? headings[n + 1].Index : content.Length;
                        var title = heading.Groups[1].Value.Trim();
                        return new Article(
                            Slug(title),
                            Cut(title),
                            content[(heading.Index + heading.Length)..end].Trim(),
                            null,
                            language,
                            [],
                            null
                        );
                    }
                )
                .Where(article => article.Body.Length > 0)
                .Select(article =>
                    article.Body.Length <= MaxBody
                        ? article
                        : throw new InvalidDataException($"'{article.Title}' has more than {MaxBody} characters; divide it.")
                ),
        ];
    }

    /// <summary>An id from a title: its first letters and digits, in lower case, with dashes between.</summary>
    public static string Slug(string title)
    {
        var slug = NotWord().Replace(title.ToLowerInvariant(), "-").Trim('-');
        return slug.Length == 0 ? "article"
            : slug.Length > 80 ? slug[..80].TrimEnd('-')
            : slug;
    }

    private static string Cut(string title) => title.Length > MaxTitle ? title[..MaxTitle] : title;

    [GeneratedRegex(@"^#{1,2}[ \t]+(.+?)\s*$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{Nd}]+")]
    private static partial Regex NotWord();
}
