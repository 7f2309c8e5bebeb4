using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Audit;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Mail;

/// <summary><c>POST /console/mail/templates</c>: a template of a new name that begins as a copy of another.</summary>
internal static class MakeTemplate
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Paths.Templates, HandleAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));

    private static async Task<IResult> HandleAsync(HttpContext context, PlatformApi api, ConsoleDatabase database, TimeProvider clock)
    {
        var ct = context.RequestAborted;
        var role = context.User.RoleOf()!.Value;
        var form = await context.Request.ReadFormAsync(ct);
        var (name, from) = (Field.Of(form, "name", 100), Field.Of(form, "from", 100));
        var source = await api.GetAsync<Template>(role, $"{Routes.Templates}/{Uri.EscapeDataString(from)}", ct);
        if (source.Value is not { } template)
            return Forms.Failed(context, Paths.Templates, source.Failure!.Message);
        var path = $"{Routes.Templates}/{Uri.EscapeDataString(name)}";
        var answer = await AuditLog.AroundAsync(
            database,
            new AuditEntry(context.User.NameOfUser(), "template.make", name, $"from {from}"),
            clock,
            () => api.SendAsync(role, HttpMethod.Put, path, template.Content, ct, "0"),
            answer => answer.Ok,
            ct
        );
        return answer.Failure is { } failure
            ? Forms.Failed(context, Paths.Templates, failure.Message)
            : Forms.Done(
                context,
                $"{Paths.Templates}/{Uri.EscapeDataString(name)}",
                "Made. It says what its source says until you change it."
            );
    }
}
