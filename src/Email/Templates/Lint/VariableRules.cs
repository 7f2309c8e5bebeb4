using System.Text.RegularExpressions;

namespace MarketingPlatform.Email.Templates.Lint;

/// <summary>
/// Values that a recipient may lack and that are printed without a default, a condition around them or a value in <c>defaults</c>; and
/// names that no model has.
/// </summary>
internal static partial class VariableRules
{
    private static readonly string[] Optional = ["customer.first_name", "customer.last_name", "coupon.code"];
    private static readonly HashSet<string> Roots =
    [
        "shop",
        "customer",
        "cart",
        "recommendations",
        "coupon",
        "data",
        "unsubscribe_url",
        "locale",
        "subject",
        "content",
        "preheader",
        "t",
        "forloop",
        "tablerowloop",
        "blank",
        "empty",
        "nil",
        "null",
        "true",
        "false",
    ];

    public static IEnumerable<LintFinding> Check(LintInput input)
    {
        var source = string.Join('\n', Sources(input.Content));
        var names = new HashSet<string>(Roots);
        names.UnionWith(Assigned().Matches(source).Select(match => match.Groups[1].Value));
        foreach (var (path, hasDefault) in Printed(source))
        {
            var root = path.Split('.', '[')[0];
            if (!names.Contains(root))
                yield return new(
                    "unknown-variable",
                    "error",
                    $"'{path}' is no value that a mail has: see the list of names in src/Email/README.md."
                );
            else if (!hasDefault && IsOptional(path) && input.Content.Defaults?.ContainsKey(path) != true && !IsConditional(source, path))
                yield return new(
                    "missing-default",
                    "error",
                    $"'{path}' is printed without a default, and some recipients have none: write {{{{ {path} | default: \"…\" }}}}, put it in an {{% if %}}, or name it in 'defaults'."
                );
        }
    }

    private static bool IsOptional(string path) => Optional.Contains(path) || path.StartsWith("data.", StringComparison.Ordinal);

    private static bool IsConditional(string source, string path) =>
        Conditions()
            .Matches(source)
            .Any(match =>
                match.Groups[1].Value.Contains(path, StringComparison.Ordinal)
                || Parent(path) is { } parent && match.Groups[1].Value.Trim() == parent
            );

    private static string? Parent(string path) => path.LastIndexOf('.') is > 0 and var dot ? path[..dot] : null;

    private static IEnumerable<(string Path, bool HasDefault)> Printed(string source) =>
        Outputs()
            .Matches(source)
            .Select(match => (match.Groups[1].Value, match.Groups[2].Value.Contains("default", StringComparison.Ordinal)))
            .Distinct();

    private static IEnumerable<string> Sources(TemplateContent content)
    {
        yield return content.Html;
        yield return content.Subject ?? "";
        yield return content.Text ?? "";
        foreach (var words in content.Words?.Values ?? [])
        foreach (var word in words.Values)
            yield return word;
    }

    [GeneratedRegex(@"\{\{-?\s*([A-Za-z_][\w.\[\]-]*?)\s*(\|[^}]*)?-?\}\}")]
    private static partial Regex Outputs();

    [GeneratedRegex(@"\{%-?\s*(?:if|elsif|unless|case)\s(.*?)%\}", RegexOptions.Singleline)]
    private static partial Regex Conditions();

    [GeneratedRegex(@"\{%-?\s*(?:assign|capture|for|tablerow|increment|decrement)\s+([A-Za-z_][\w-]*)")]
    private static partial Regex Assigned();
}
