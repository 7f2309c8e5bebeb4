using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Console.Mail;

/// <summary><c>GET /console/mail/templates/{name}/preview</c>: the saved template, rendered for somebody made up, for the sandboxed frame.</summary>
internal static class TemplatePreview
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Paths.Templates + "/{name}/preview", HandleAsync)
            .RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Viewer))
            .ExcludeFromDescription();

    public static Task<Answer<TemplateShown>> AskAsync(PlatformApi api, Role role, string name, CancellationToken ct) =>
        api.SendAsync<TemplateShown>(role, HttpMethod.Post, $"{Routes.Templates}/{Uri.EscapeDataString(name)}/preview", new { }, ct);

    private static async Task<IResult> HandleAsync(string name, HttpContext context, PlatformApi api, IOptions<Shop> shop)
    {
        var answer = await AskAsync(api, context.User.RoleOf() ?? Role.Viewer, name, context.RequestAborted);
        return MailBody.Show(context, answer.Value?.Html, shop.Value);
    }
}
