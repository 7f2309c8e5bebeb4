using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Audit;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Campaigns;

/// <summary><c>POST /console/campaigns/{name}/preflight|approve|launch|pause|resume|cancel|roll-out</c>.</summary>
internal static class SteerCampaign
{
    private static readonly Dictionary<string, string> Notes = new()
    {
        ["preflight"] = "Counted. Look who gets it, and who does not and why.",
        ["approve"] = "Approved. It leaves when it is launched.",
        ["launch"] = "Launched. Mails leave at their hour.",
        ["pause"] = "Paused. What a server was taking at this moment still arrives; the rest waits.",
        ["resume"] = "It goes on where it was.",
        ["cancel"] = "Cancelled. What has left has left; the rest never will.",
        ["roll-out"] = "Everybody who waited for the test gets this variant.",
    };

    public static void Map(IEndpointRouteBuilder root)
    {
        foreach (var (wish, note) in Notes)
            root.MapForm(
                    $"{Paths.Campaigns}/{{name}}/{wish}",
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
        var form = await context.Request.ReadFormAsync(ct);
        object? body = wish == "roll-out" ? new { variant = Field.Of(form, "variant", 60) } : null;
        var path = Uri.EscapeDataString(name);
        var answer = await AuditLog.AroundAsync(
            database,
            new AuditEntry(context.User.NameOfUser(), "campaign." + wish, name, wish),
            clock,
            () => api.SendAsync(context.User.RoleOf()!.Value, HttpMethod.Post, $"{Routes.Campaigns}/{path}/{wish}", body, ct),
            answer => answer.Ok,
            ct
        );
        var page = $"{Paths.Campaigns}/{path}";
        return answer.Failure is { } failure ? Forms.Failed(context, page, failure.Message) : Forms.Done(context, page, note);
    }
}
