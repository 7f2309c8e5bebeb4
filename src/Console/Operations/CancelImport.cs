using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Operations;

/// <summary><c>POST /console/operations/imports/{id}/cancel</c>: stops an import; what is stored stays.</summary>
internal static class CancelImport
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Paths.Imports + "/{id:guid}/cancel", HandleAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));

    private static Task<IResult> HandleAsync(Guid id, [AsParameters] FormCall call) =>
        call.AskAsync(
            Paths.Operations,
            ("import.cancel", id.ToString(), "running → cancelled"),
            HttpMethod.Post,
            $"{Routes.Imports}/{id}/cancel",
            null,
            "The import stops. What it has stored stays.",
            "The import has ended already: there is nothing to stop."
        );
}
