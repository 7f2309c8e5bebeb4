using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Audit;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Ads;

/// <summary><c>POST /console/ads/held/{id}</c>: whether a performance row that looks wrong is right.</summary>
internal static class DecideHeldRow
{
    public const string Path = Paths.Ads + "/held";

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Path + "/{id:guid}", HandleAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));

    private static async Task<IResult> HandleAsync(
        Guid id,
        HttpContext context,
        PlatformApi api,
        ConsoleDatabase database,
        TimeProvider clock
    )
    {
        var ct = context.RequestAborted;
        var role = context.User.RoleOf()!.Value;
        var form = await context.Request.ReadFormAsync(ct);
        var release = Field.Of(form, "decision", 10) == "release";
        var (decision, what) = (release ? "release" : "refuse", Field.Of(form, "what", 300));
        var answer = await AuditLog.AroundAsync(
            database,
            new AuditEntry(
                context.User.NameOfUser(),
                "ads.held." + decision,
                $"{what} ({id})",
                release ? "held → counted" : "held → refused"
            ),
            clock,
            () => api.SendAsync(role, HttpMethod.Post, $"{Routes.Ads}/performance/held/{id}/{decision}", null, ct),
            answer => answer.Ok,
            ct
        );
        return answer.Failure is { } failure ? Forms.Failed(context, Paths.Ads, failure.Message)
            : release ? Forms.Done(context, Paths.Ads, "Released. It counts from now on.")
            : Forms.Done(context, Paths.Ads, "Refused. It counts nowhere.");
    }
}
