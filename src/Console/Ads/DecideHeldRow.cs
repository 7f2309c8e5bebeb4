using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Ads;

/// <summary><c>POST /console/ads/held/{id}</c>: whether a performance row that looks wrong is right.</summary>
internal static class DecideHeldRow
{
    public const string Path = Paths.Ads + "/held";

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Path + "/{id:guid}", HandleAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));

    private static async Task<IResult> HandleAsync(Guid id, [AsParameters] FormCall call)
    {
        var form = await call.ReadAsync();
        var release = Field.Of(form, "decision", 10) == "release";
        var (decision, what) = (release ? "release" : "refuse", Field.Of(form, "what", 300));
        return await call.AskAsync(
            Paths.Ads,
            ("ads.held." + decision, $"{what} ({id})", release ? "held → counted" : "held → refused"),
            HttpMethod.Post,
            $"{Routes.Ads}/performance/held/{id}/{decision}",
            null,
            release ? "Released. It counts from now on." : "Refused. It counts nowhere."
        );
    }
}
