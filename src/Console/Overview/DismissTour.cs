using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;

namespace MarketingPlatform.Console.Overview;

/// <summary><c>POST /console/tour</c>: this person does not need the first steps any more.</summary>
internal static class DismissTour
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Paths.Tour, HandleAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Viewer));

    private static async Task<IResult> HandleAsync(HttpContext context, ConsoleDatabase database)
    {
        await database.ExecuteAsync(
            "update users set tour_dismissed = true where id = @Id",
            new { Id = context.User.IdOf() },
            context.RequestAborted
        );
        return TypedResults.LocalRedirect(Paths.Overview);
    }
}
