using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Audit;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Mail;

/// <summary><c>POST /console/mail/sends/{id}/pause|resume|cancel</c>.</summary>
internal static class SteerSend
{
    private static readonly Dictionary<string, string> Notes = new()
    {
        ["pause"] = "Paused. What a server was taking at this moment still arrives; the rest waits.",
        ["resume"] = "It goes on where it was.",
        ["cancel"] = "Cancelled. What has left has left; the rest never will.",
    };

    public static void Map(IEndpointRouteBuilder root)
    {
        foreach (var (wish, note) in Notes)
            root.MapForm(
                    $"{Paths.Sends}/{{id:guid}}/{wish}",
                    (Guid id, HttpContext context, PlatformApi api, ConsoleDatabase database, TimeProvider clock) =>
                        HandleAsync(id, wish, note, context, api, database, clock)
                )
                .RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));
    }

    private static async Task<IResult> HandleAsync(
        Guid id,
        string wish,
        string note,
        HttpContext context,
        PlatformApi api,
        ConsoleDatabase database,
        TimeProvider clock
    )
    {
        var answer = await AuditLog.AroundAsync(
            database,
            new AuditEntry(context.User.NameOfUser(), "send." + wish, id.ToString(), wish),
            clock,
            () => api.SendAsync(context.User.RoleOf()!.Value, HttpMethod.Post, $"{Routes.Sends}/{id}/{wish}", null, context.RequestAborted),
            answer => answer.Ok,
            context.RequestAborted
        );
        var page = $"{Paths.Sends}/{id}";
        return answer.Failure is { } failure ? Forms.Failed(context, page, failure.Message) : Forms.Done(context, page, note);
    }
}
