using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Audit;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Console.Operations;

/// <summary><c>POST /console/operations/keys</c>: makes a key and shows it, this once.</summary>
internal static class MakeKey
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Paths.Keys, HandleAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Admin));

    private static async Task<IResult> HandleAsync(HttpContext context, PlatformApi api, ConsoleDatabase database, TimeProvider clock)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (name, scope) = (Field.Of(form, "name", 200), Field.Of(form, "scope", 20));
        var answer = await AuditLog.AroundAsync(
            database,
            new AuditEntry(context.User.NameOfUser(), "key.make", name, $"may {scope}"),
            clock,
            () => api.SendAsync<Made>(Role.Admin, HttpMethod.Post, Routes.Keys, new { name, scope }, context.RequestAborted),
            answer => answer.Ok,
            context.RequestAborted
        );
        return answer.Value is { } made
            ? new RazorComponentResult<KeyMade>(
                new
                {
                    made.Key,
                    made.Name,
                    made.Scope,
                }
            )
            : Forms.Failed(context, Paths.Keys + "/new", answer.Failure!.Message);
    }

    private sealed record Made(string Name, string Scope, string Key);
}
