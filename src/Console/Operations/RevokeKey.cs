using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Audit;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Operations;

/// <summary><c>POST /console/operations/keys/{id}/revoke</c>.</summary>
internal static class RevokeKey
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Paths.Keys + "/{id:guid}/revoke", HandleAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Admin));

    private static async Task<IResult> HandleAsync(
        Guid id,
        HttpContext context,
        PlatformApi api,
        ConsoleDatabase database,
        TimeProvider clock
    )
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var name = Field.Of(form, "name", 200);
        var answer = await AuditLog.AroundAsync(
            database,
            new AuditEntry(context.User.NameOfUser(), "key.revoke", $"{name} ({id})", "active → revoked"),
            clock,
            () => api.SendAsync(Role.Admin, HttpMethod.Delete, $"{Routes.Keys}/{id}", null, context.RequestAborted),
            answer => answer.Ok,
            context.RequestAborted
        );
        return answer.Failure is { } failure
            ? Forms.Failed(context, Paths.Operations, failure.Message)
            : Forms.Done(context, Paths.Operations, $"The key “{name}” is revoked.");
    }
}
