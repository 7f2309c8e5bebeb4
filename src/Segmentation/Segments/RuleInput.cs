using System.Text.Json;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Segmentation.Rules;

namespace MarketingPlatform.Segmentation.Segments;

/// <summary>A rule in a request: as a JSON tree or as text.</summary>
internal static class RuleInput
{
    /// <returns>The rule, or what is wrong with it and where.</returns>
    public static (Rule? Rule, FieldError[] Errors) Read(JsonElement? json, string? text, RuleCheck check, string? key)
    {
        var field = json is null ? "text" : "rule";
        if (json is null == text is null)
            return (null, [new FieldError("rule", "Give the rule either as 'rule', a JSON tree, or as 'text'.")]);
        try
        {
            var rule = json is { } tree ? RuleJson.Read(tree) : RuleParser.Parse(text!);
            var errors = check.Check(rule, key);
            return errors.Count == 0 ? (rule, []) : (null, Errors(field, errors));
        }
        catch (RuleException e)
        {
            return (null, Errors(field, e.Errors));
        }
    }

    public static FieldError[] Errors(string field, IEnumerable<RuleError> errors) =>
        [.. errors.Select(e => new FieldError(field, $"At {e.At}: {e.Message}"))];
}
