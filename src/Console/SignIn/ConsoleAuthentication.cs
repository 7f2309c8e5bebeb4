using System.Security.Claims;
using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Console.SignIn;

/// <summary>People sign in with a cookie, here alone: every other path of the platform takes tokens only.</summary>
internal static class ConsoleAuthentication
{
    public const string Scheme = "console";
    public const string StampClaim = "stamp";

    public static void AddConsoleAuthentication(this IHostApplicationBuilder builder)
    {
        builder.Services.AddAuthentication().AddCookie(Scheme);
        builder
            .Services.AddOptions<CookieAuthenticationOptions>(Scheme)
            .Configure<IOptions<ConsoleOptions>, IOptions<Shop>>(
                (cookie, console, shop) =>
                {
                    cookie.Cookie.Name = "marketing-console";
                    cookie.Cookie.HttpOnly = true;
                    // Lax, not Strict: the answer of an identity provider leads back here from its own site.
                    cookie.Cookie.SameSite = SameSiteMode.Lax;
                    // Behind a proxy that ends TLS the request itself does not say so.
                    cookie.Cookie.SecurePolicy =
                        shop.Value.PublicUrl.Scheme == Uri.UriSchemeHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
                    cookie.ExpireTimeSpan = console.Value.SessionLength;
                    cookie.SlidingExpiration = true;
                    cookie.Events = new CookieAuthenticationEvents
                    {
                        OnValidatePrincipal = RenewAsync,
                        OnRedirectToLogin = AskToSignIn,
                        OnRedirectToAccessDenied = Deny,
                    };
                }
            );
        builder.AddOpenIdConnect();
        builder.Services.AddAuthorization(options =>
        {
            foreach (var role in Enum.GetValues<Role>())
                options.AddPolicy(
                    PolicyOf(role),
                    policy => policy.AddAuthenticationSchemes(Scheme).RequireAuthenticatedUser().RequireAssertion(c => c.User.Is(role))
                );
        });
    }

    public static string PolicyOf(Role atLeast) => "console:" + Roles.NameOf(atLeast);

    public static ClaimsPrincipal PrincipalOf(User user) =>
        new(
            new ClaimsIdentity(
                [
                    new Claim(ClaimTypes.NameIdentifier, user.Id.ToString()),
                    new Claim(ClaimTypes.Name, user.Name),
                    new Claim(ClaimTypes.Role, user.Role),
                    new Claim(StampClaim, user.Stamp.ToString()),
                ],
                Scheme
            )
        );

    /// <summary>A session lives as long as its user may sign in with what it was opened with; the role is the one of today.</summary>
    private static async Task RenewAsync(CookieValidatePrincipalContext context)
    {
        var database = context.HttpContext.RequestServices.GetRequiredService<ConsoleDatabase>();
        var held = context.Principal!;
        var user = await User.FindAsync(database, held.IdOf(), context.HttpContext.RequestAborted);
        if (user is null or { Disabled: true } || user.Stamp.ToString() != held.FindFirst(StampClaim)?.Value)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Scheme);
            return;
        }
        context.ReplacePrincipal(PrincipalOf(user));
    }

    // Addresses without a host: behind the public door this process does not know what people call it.
    private static Task AskToSignIn(RedirectContext<CookieAuthenticationOptions> context)
    {
        var request = context.Request;
        // A form cannot be sent again by a redirect: the page that it was on can be shown again.
        var wanted = HttpMethods.IsGet(request.Method) ? request.Path + request.QueryString : ReturnAddress.PageOf(request);
        var ended = request.Cookies.ContainsKey(context.Options.Cookie.Name!);
        context.Response.Redirect(Paths.SignIn + PlatformApi.Query(("returnUrl", wanted), ("ended", ended ? "true" : null)));
        return Task.CompletedTask;
    }

    private static Task Deny(RedirectContext<CookieAuthenticationOptions> context)
    {
        context.Response.Redirect(Paths.Denied);
        return Task.CompletedTask;
    }
}
