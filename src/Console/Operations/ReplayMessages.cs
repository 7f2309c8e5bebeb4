using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Operations;

/// <summary><c>POST /console/operations/messages/{service}/{id}/replay</c>: gives a parked message to its service again.</summary>
internal static class ReplayMessages
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Paths.Messages + "/{service}/{id:guid}/replay", HandleAsync)
            .RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Admin));

    private static async Task<IResult> HandleAsync(string service, Guid id, [AsParameters] FormCall call) =>
        ServiceStatus.All.Contains(service)
            ? await call.AskAsync(
                Paths.Operations,
                ("message.replay", $"{service} {id}", "given to its consumer again"),
                HttpMethod.Post,
                $"{Routes.Operations}/{service}/messages/{id}/replay",
                null,
                $"The message was given to {ServiceNames.TitleOf(service)} again. If it fails again, it comes back here.",
                "The message is not parked any more: somebody else may have replayed it."
            )
            : call.Refused(Paths.Operations, "There is no such service.");
}
