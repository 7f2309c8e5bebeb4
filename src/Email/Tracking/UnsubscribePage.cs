using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Email.Tracking;

/// <summary>The two small pages behind the link: no script, no picture, readable by everybody and everything.</summary>
internal static class UnsubscribePage
{
    public static ContentHttpResult Ask(string shop) =>
        Page(
            $"Unsubscribe from {shop}",
            $"""
            <p>Do you want no more e-mail from {Encode(shop)}?</p>
            <form method="post"><button type="submit">Unsubscribe</button></form>
            """
        );

    public static ContentHttpResult Done(string shop) =>
        Page("You are unsubscribed", $"<p role=\"status\">{Encode(shop)} will send you no more marketing e-mail.</p>");

    private static ContentHttpResult Page(string title, string body) =>
        TypedResults.Content(
            $$"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex">
            <meta name="referrer" content="no-referrer">
            <title>{{Encode(title)}}</title>
            <style>
              :root { color-scheme: light dark; }
              body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 12vh auto; padding: 0 1.25rem; }
              button { font: inherit; font-weight: 600; padding: .7rem 1.4rem; border: 0; border-radius: .5rem; background: #1d4ed8; color: #fff; cursor: pointer; }
              button:focus-visible { outline: 3px solid #f59e0b; outline-offset: 2px; }
            </style>
            </head>
            <body>
            <main>
            <h1>{{Encode(title)}}</h1>
            {{body}}
            </main>
            </body>
            </html>
            """,
            "text/html; charset=utf-8"
        );

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
