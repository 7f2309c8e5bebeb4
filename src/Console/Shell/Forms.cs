using System.Text;
using MarketingPlatform.Console.SignIn;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.WebUtilities;

namespace MarketingPlatform.Console.Shell;

/// <summary>How the console takes forms: with a token that only its own pages have, answered by a redirect and a note on the next page.</summary>
internal static class Forms
{
    private const string NoteCookie = "marketing-console-note";
    private const int LongestNote = 500;

    public static RouteHandlerBuilder MapForm(this IEndpointRouteBuilder root, string path, Delegate handler) =>
        root.MapPost(path, handler)
            .WithMetadata(new RequireAntiforgeryTokenAttribute())
            .AddEndpointFilter(RefuseForeignForms)
            .ExcludeFromDescription();

    /// <summary>Back to a page, where the note is read out once.</summary>
    public static IResult Done(HttpContext context, string page, string note)
    {
        LeaveNote(context, note, failed: false);
        return TypedResults.LocalRedirect(page);
    }

    /// <inheritdoc cref="Done"/>
    public static IResult Failed(HttpContext context, string page, string note)
    {
        LeaveNote(context, note, failed: true);
        return TypedResults.LocalRedirect(page);
    }

    /// <returns>The note for this page; it is gone afterwards.</returns>
    public static (string Text, bool Failed)? TakeNote(HttpContext context)
    {
        if (context.Request.Cookies[NoteCookie] is not { Length: > 1 } held || context.Response.HasStarted)
            return null;
        context.Response.Cookies.Delete(NoteCookie);
        try
        {
            return (Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(held[1..])), held[0] == '!');
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static void LeaveNote(HttpContext context, string note, bool failed) =>
        context.Response.Cookies.Append(
            NoteCookie,
            (failed ? "!" : ".")
                + WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(note.Length > LongestNote ? note[..LongestNote] + "…" : note)),
            new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Lax,
                MaxAge = TimeSpan.FromMinutes(1),
            }
        );

    private static async ValueTask<object?> RefuseForeignForms(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.HttpContext.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: true }
            ? await next(context)
            : Failed(
                context.HttpContext,
                ReturnAddress.PageOf(context.HttpContext.Request),
                "That page was too old to be sent. Nothing was changed: try again."
            );
}

/// <summary>One field of a form.</summary>
internal static class Field
{
    /// <returns>The text, trimmed, without U+0000, which PostgreSQL does not take; no longer than <paramref name="longest"/>.</returns>
    public static string Of(IFormCollection form, string name, int longest)
    {
        var text = form[name].ToString().Replace("\0", "", StringComparison.Ordinal).Trim();
        return text.Length > longest ? text[..longest] : text;
    }
}
