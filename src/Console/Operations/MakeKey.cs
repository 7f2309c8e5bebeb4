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

    private static async Task<IResult> HandleAsync([AsParameters] FormCall call)
    {
        var form = await call.ReadAsync();
        var (name, scope) = (Field.Of(form, "name", 200), Field.Of(form, "scope", 20));
        var answer = await call.TryAsync<Made>(("key.make", name, $"may {scope}"), HttpMethod.Post, Routes.Keys, new { name, scope });
        return answer.Value is { } made
            ? new RazorComponentResult<KeyMade>(
                new
                {
                    made.Key,
                    made.Name,
                    made.Scope,
                }
            )
            : call.Refused(Paths.Keys + "/new", answer.Failure!.Message);
    }

    private sealed record Made(string Name, string Scope, string Key);
}
