using MarketingPlatform.Console.Shell;

namespace MarketingPlatform.Console.SignIn;

/// <summary>Where somebody goes on after signing in or sending a form: always a page of the console, never another site.</summary>
internal static class ReturnAddress
{
    /// <returns><paramref name="wanted"/> where it is a page of ours, else the overview.</returns>
    public static string Check(string? wanted) =>
        wanted is not null
        && (
            wanted == Paths.Overview
            || wanted.StartsWith("/?", StringComparison.Ordinal)
            || wanted.StartsWith(Paths.Root + "/", StringComparison.Ordinal)
        )
        && !wanted.StartsWith(Paths.SignIn, StringComparison.Ordinal)
        && !wanted.Any(c => c is '\\' or < ' ')
            ? wanted
            : Paths.Overview;

    /// <returns>The page that a form was sent from.</returns>
    public static string PageOf(HttpRequest request) =>
        Uri.TryCreate(request.Headers.Referer, UriKind.Absolute, out var page) ? Check(page.PathAndQuery) : Paths.Overview;
}
