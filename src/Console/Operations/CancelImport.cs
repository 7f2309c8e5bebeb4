using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Audit;
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

    private static async Task<IResult> HandleAsync(
        Guid id,
        HttpContext context,
        PlatformApi api,
        ConsoleDatabase database,
        TimeProvider clock
    )
    {
        var answer = await AuditLog.AroundAsync(
            database,
            new AuditEntry(context.User.NameOfUser(), "import.cancel", id.ToString(), "running → cancelled"),
            clock,
            () =>
                api.SendAsync(context.User.RoleOf()!.Value, HttpMethod.Post, $"{Routes.Imports}/{id}/cancel", null, context.RequestAborted),
            answer => answer.Ok,
            context.RequestAborted
        );
        return answer.Failure switch
        {
            null => Forms.Done(context, Paths.Operations, "The import stops. What it has stored stays."),
            { Kind: FailureKind.Missing } => Forms.Failed(
                context,
                Paths.Operations,
                "The import has ended already: there is nothing to stop."
            ),
            var failure => Forms.Failed(context, Paths.Operations, failure.Message),
        };
    }
}
