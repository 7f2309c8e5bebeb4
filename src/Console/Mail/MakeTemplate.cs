using System.Text.Json.Nodes;
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

    private static async Task<IResult> HandleAsync([AsParameters] FormCall call)
    {
        var form = await call.ReadAsync();
        var (name, from) = (Field.Of(form, "name", 100), Field.Of(form, "from", 100));
        var source = await call.Api.GetAsync<Template>(
            call.Context.User.RoleOf()!.Value,
            $"{Routes.Templates}/{Uri.EscapeDataString(from)}",
            call.Context.RequestAborted
        );
        if (source.Value is not { } template)
            return call.Refused(Paths.Templates, source.Failure!.Message);
        var answer = await call.TryAsync<JsonNode>(
            ("template.make", name, $"from {from}"),
            HttpMethod.Put,
            $"{Routes.Templates}/{Uri.EscapeDataString(name)}",
            template.Content,
            version: "0"
        );
        return answer.Failure is { } failure
            ? call.Refused(Paths.Templates, failure.Message)
            : Forms.Done(
                call.Context,
                $"{Paths.Templates}/{Uri.EscapeDataString(name)}",
                "Made. It says what its source says until you change it."
            );
    }
}
