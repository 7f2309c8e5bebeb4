using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Audit;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Recommendations;

/// <summary><c>POST /console/recommendations/models/switch</c>: lets a kept model serve, or takes back the last change where none is named.</summary>
internal static class SwitchModel
{
    public const string Path = Paths.Models + "/switch";

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Path, HandleAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));

    private static async Task<IResult> HandleAsync(HttpContext context, PlatformApi api, ConsoleDatabase database, TimeProvider clock)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var version = Field.Of(form, "version", 100);
        var path =
            version.Length == 0
                ? Routes.Recommendations + "/models/rollback"
                : $"{Routes.Recommendations}/models/{Uri.EscapeDataString(version)}/promote";
        var answer = await AuditLog.AroundAsync(
            database,
            new AuditEntry(
                context.User.NameOfUser(),
                version.Length == 0 ? "model.rollback" : "model.promote",
                "recommendations",
                version.Length == 0 ? "the model that served before" : version
            ),
            clock,
            () => api.SendAsync(context.User.RoleOf()!.Value, HttpMethod.Post, path, null, context.RequestAborted),
            answer => answer.Ok,
            context.RequestAborted
        );
        return answer.Failure is { } failure
            ? Forms.Failed(context, Paths.Models, failure.Message)
            : Forms.Done(context, Paths.Models, "Done. Every instance answers by it within seconds.");
    }
}
