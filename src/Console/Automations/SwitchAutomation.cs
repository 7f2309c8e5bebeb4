using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Audit;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Automations;

/// <summary><c>POST /console/automations/{name}/on|off</c>.</summary>
internal static class SwitchAutomation
{
    public static void Map(IEndpointRouteBuilder root)
    {
        foreach (
            var (wish, note) in new[]
            {
                ("on", "On. Who meets its trigger from now on enters."),
                ("off", "Off. Nobody enters any more; who is on the way goes on."),
            }
        )
            root.MapForm(
                    $"{Paths.Automations}/{{name}}/{wish}",
                    (string name, HttpContext context, PlatformApi api, ConsoleDatabase database, TimeProvider clock) =>
                        HandleAsync(name, wish, note, context, api, database, clock)
                )
                .RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));
    }

    private static async Task<IResult> HandleAsync(
        string name,
        string wish,
        string note,
        HttpContext context,
        PlatformApi api,
        ConsoleDatabase database,
        TimeProvider clock
    )
    {
        var ct = context.RequestAborted;
        var path = Uri.EscapeDataString(name);
        var answer = await AuditLog.AroundAsync(
            database,
            new AuditEntry(context.User.NameOfUser(), "automation." + wish, name, wish),
            clock,
            () => api.SendAsync(context.User.RoleOf()!.Value, HttpMethod.Post, $"{Routes.Automations}/{path}/{wish}", null, ct),
            answer => answer.Ok,
            ct
        );
        var page = $"{Paths.Automations}/{path}";
        return answer.Failure is { } failure ? Forms.Failed(context, page, failure.Message) : Forms.Done(context, page, note);
    }
}
