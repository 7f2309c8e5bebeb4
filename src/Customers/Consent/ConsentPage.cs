using System.Net;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Customers.Consent;

/// <summary>The small pages that customers see: nothing is loaded from elsewhere, and nothing tells where they came from.</summary>
internal static class ConsentPage
{
    public static ContentHttpResult Answer(
        HttpContext context,
        ConsentWords words,
        string shop,
        string title,
        string body,
        int status = 200
    )
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        context.Response.Headers["X-Robots-Tag"] = "noindex";
        context.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        return TypedResults.Content(
            $"""
            <!doctype html>
            <html lang="{words.Language}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Text(title)} – {Text(shop)}</title>
            <style>body{"{"}font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem{"}"}button{"{"}font:inherit;padding:.5rem 1.5rem{"}"}label{"{"}display:block;margin:.75rem 0{"}"}</style>
            </head>
            <body>
            <main>
            <h1>{Text(title)}</h1>
            {body}
            <p>{Text(shop)}</p>
            </main>
            </body>
            </html>
            """,
            "text/html; charset=utf-8",
            statusCode: status
        );
    }

    public static ContentHttpResult NoLonger(HttpContext context, string shop)
    {
        var words = ConsentWords.For(language: null, context);
        return Answer(context, words, shop, words.NoLonger, $"<p>{Text(words.NoLongerWhy)}</p>", StatusCodes.Status404NotFound);
    }

    public static string Text(string text) => WebUtility.HtmlEncode(text);
}
