using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Audit;
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

    private static async Task<IResult> HandleAsync(
        string service,
        Guid id,
        HttpContext context,
        PlatformApi api,
        ConsoleDatabase database,
        TimeProvider clock
    )
    {
        if (!ServiceStatus.All.Contains(service))
            return Forms.Failed(context, Paths.Operations, "There is no such service.");
        var answer = await AuditLog.AroundAsync(
            database,
            new AuditEntry(context.User.NameOfUser(), "message.replay", $"{service} {id}", "given to its consumer again"),
            clock,
            () =>
                api.SendAsync(
                    Role.Admin,
                    HttpMethod.Post,
                    $"{Routes.Operations}/{service}/messages/{id}/replay",
                    null,
                    context.RequestAborted
                ),
            answer => answer.Ok,
            context.RequestAborted
        );
        return answer.Failure switch
        {
            null => Forms.Done(
                context,
                Paths.Operations,
                $"The message was given to {ServiceNames.TitleOf(service)} again. If it fails again, it comes back here."
            ),
            { Kind: FailureKind.Missing } => Forms.Failed(
                context,
                Paths.Operations,
                "The message is not parked any more: somebody else may have replayed it."
            ),
            var failure => Forms.Failed(context, Paths.Operations, failure.Message),
        };
    }
}
