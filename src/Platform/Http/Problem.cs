using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace MarketingPlatform.Platform.Http;

/// <summary>One bad field of a request and what to do about it.</summary>
public readonly record struct FieldError(string Field, string Message);

/// <summary>RFC 9457 problem details whose <c>type</c> is <c>/problems/{slug}</c> and whose detail says what to do.</summary>
public static class Problem
{
    public static ProblemHttpResult Of(int status, string slug, string title, string detail) =>
        TypedResults.Problem(Details(status, slug, title, detail));

    /// <summary>400 that names every bad field.</summary>
    public static ProblemHttpResult Invalid(params ReadOnlySpan<FieldError> errors)
    {
        var byField = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var error in errors)
            byField[error.Field] = byField.TryGetValue(error.Field, out var known) ? [.. known, error.Message] : [error.Message];
        var details = Details(
            StatusCodes.Status400BadRequest,
            "validation",
            "The request is not valid",
            "Correct the fields named under 'errors' and send the request again."
        );
        details.Extensions["errors"] = byField;
        return TypedResults.Problem(details);
    }

    /// <param name="what">What was looked for ("message"); the slug becomes <c>message-not-found</c>.</param>
    public static ProblemHttpResult NotFound(string what, string detail) =>
        Of(StatusCodes.Status404NotFound, $"{what}-not-found", $"No such {what}", detail);

    internal static ProblemDetails Details(int status, string slug, string title, string detail) =>
        new()
        {
            Status = status,
            Type = "/problems/" + slug,
            Title = title,
            Detail = detail,
        };
}
