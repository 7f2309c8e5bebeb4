using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Audit;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Recommendations;

/// <summary>
/// <c>POST /console/recommendations/models/switch</c>: lets a kept model serve. Going back names the version that the page showed as the
/// one before, so that what happens is what was read, whatever others switched in between.
/// </summary>
internal static class SwitchModel
{
    public const string Path = Paths.Models + "/switch";

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Path, HandleAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));

    private static async Task<IResult> HandleAsync(HttpContext context, PlatformApi api, ConsoleDatabase database, TimeProvider clock)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var version = Field.Of(form, "version", 100);
        if (version.Length == 0)
            return Forms.Failed(context, Paths.Models, "Say which model is to serve.");
        var answer = await AuditLog.AroundAsync(
            database,
            new AuditEntry(
                context.User.NameOfUser(),
                Field.Of(form, "back", 10).Length > 0 ? "model.rollback" : "model.promote",
                "recommendations",
                version
            ),
            clock,
            () =>
                api.SendAsync<Switched>(
                    context.User.RoleOf()!.Value,
                    HttpMethod.Post,
                    $"{Routes.Recommendations}/models/{Uri.EscapeDataString(version)}/promote",
                    null,
                    context.RequestAborted
                ),
            answer => answer.Ok,
            context.RequestAborted
        );
        return answer switch
        {
            { Failure: { } failure } => Forms.Failed(context, Paths.Models, failure.Message),
            { Value: { Before: { } before } now } when before != now.Version => Forms.Done(
                context,
                Paths.Models,
                $"{now.Version} serves now; until now it was {before}. Every instance follows within seconds."
            ),
            _ => Forms.Done(context, Paths.Models, $"{version} serves. Every instance follows within seconds."),
        };
    }
}
