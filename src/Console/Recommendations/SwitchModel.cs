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

    private static async Task<IResult> HandleAsync([AsParameters] FormCall call)
    {
        var form = await call.ReadAsync();
        var version = Field.Of(form, "version", 100);
        if (version.Length == 0)
            return call.Refused(Paths.Models, "Say which model is to serve.");
        return await call.AskAsync<Switched>(
            Paths.Models,
            (Field.Of(form, "back", 10).Length > 0 ? "model.rollback" : "model.promote", "recommendations", version),
            HttpMethod.Post,
            $"{Routes.Recommendations}/models/{Uri.EscapeDataString(version)}/promote",
            null,
            now =>
                now?.Before is { } before && before != now.Version
                    ? $"{now.Version} serves now; until now it was {before}. Every instance follows within seconds."
                    : $"{version} serves. Every instance follows within seconds."
        );
    }
}
