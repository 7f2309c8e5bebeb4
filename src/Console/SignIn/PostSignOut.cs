using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.Users;
using Microsoft.AspNetCore.Authentication;

namespace MarketingPlatform.Console.SignIn;

/// <summary><c>POST /console/sign-out</c>.</summary>
internal static class PostSignOut
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(
                Paths.SignOut,
                async (HttpContext context) =>
                {
                    await context.SignOutAsync(ConsoleAuthentication.Scheme);
                    return TypedResults.LocalRedirect(Paths.SignIn);
                }
            )
            .RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Viewer));
}
