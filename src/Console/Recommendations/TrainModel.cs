using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Audit;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Recommendations;

/// <summary><c>POST /console/recommendations/models/train</c>: the model of taste is trained now instead of soon.</summary>
internal static class TrainModel
{
    public const string Path = Paths.Models + "/train";

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Path, HandleAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));

    private static async Task<IResult> HandleAsync(HttpContext context, PlatformApi api, ConsoleDatabase database, TimeProvider clock)
    {
        var answer = await AuditLog.AroundAsync(
            database,
            new AuditEntry(context.User.NameOfUser(), "model.train", "recommendations", "asked for a training"),
            clock,
            () =>
                api.SendAsync(
                    context.User.RoleOf()!.Value,
                    HttpMethod.Post,
                    Routes.Recommendations + "/train",
                    null,
                    context.RequestAborted
                ),
            answer => answer.Ok,
            context.RequestAborted
        );
        return answer.Failure is { } failure
            ? Forms.Failed(context, Paths.Models, failure.Message)
            : Forms.Done(context, Paths.Models, "A training begins within seconds. Its model appears here when it is measured.");
    }
}
