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

    private static async Task<IResult> HandleAsync(Guid id, [AsParameters] FormCall call)
    {
        var name = Field.Of(await call.ReadAsync(), "name", 200);
        return await call.AskAsync(
            Paths.Operations,
            ("key.revoke", $"{name} ({id})", "active → revoked"),
            HttpMethod.Delete,
            $"{Routes.Keys}/{id}",
            null,
            $"The key “{name}” is revoked."
        );
    }
}
