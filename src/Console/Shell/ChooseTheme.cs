using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;

namespace MarketingPlatform.Console.Shell;

/// <summary><c>POST /console/theme</c>: light, dark, or as the system has it. Kept by the browser.</summary>
internal static class ChooseTheme
{
    private const string Cookie = "marketing-console-theme";
    private static readonly string[] Themes = ["system", "light", "dark"];

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Paths.Theme, HandleAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Viewer));

    public static string Of(HttpContext? context) =>
        context?.Request.Cookies[Cookie] is { } chosen && Themes.Contains(chosen) ? chosen : Themes[0];

    /// <returns>The theme that the button leads to.</returns>
    public static string After(string theme) => Themes[(Array.IndexOf(Themes, theme) + 1) % Themes.Length];

    private static async Task<IResult> HandleAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var theme = form["theme"].ToString();
        if (Themes.Contains(theme))
            context.Response.Cookies.Append(
                Cookie,
                theme,
                new CookieOptions
                {
                    HttpOnly = true,
                    SameSite = SameSiteMode.Lax,
                    MaxAge = TimeSpan.FromDays(400),
                }
            );
        return TypedResults.LocalRedirect(ReturnAddress.PageOf(context.Request));
    }
}
