using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Audit;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Ads;

/// <summary><c>POST /console/ads/response</c>: fits the weekly model now.</summary>
internal static class LearnResponse
{
    public const string Path = Paths.AdResponse;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Path, HandleAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));

    private static async Task<IResult> HandleAsync(HttpContext context, PlatformApi api, ConsoleDatabase database, TimeProvider clock)
    {
        var answer = await AuditLog.AroundAsync(
            database,
            new AuditEntry(context.User.NameOfUser(), "ads.response", "weekly model", "fitted"),
            clock,
            () =>
                api.SendAsync<WeeklyModel>(
                    context.User.RoleOf()!.Value,
                    HttpMethod.Post,
                    Routes.Ads + "/response",
                    null,
                    context.RequestAborted
                ),
            answer => answer.Failure is null,
            context.RequestAborted
        );
        return answer.Failure is { } failure
            ? Forms.Failed(context, Path, failure.Message)
            : Forms.Done(context, Path, $"Fitted to {answer.Value!.Weeks} weeks.");
    }
}
