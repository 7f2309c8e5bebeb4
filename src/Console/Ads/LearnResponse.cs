using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Ads;

/// <summary><c>POST /console/ads/response</c>: fits the weekly model now.</summary>
internal static class LearnResponse
{
    public const string Path = Paths.AdResponse;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Path, HandleAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));

    private static Task<IResult> HandleAsync([AsParameters] FormCall call) =>
        call.AskAsync<WeeklyModel>(
            Path,
            ("ads.response", "weekly model", "fitted"),
            HttpMethod.Post,
            Routes.Ads + "/response",
            null,
            model => $"Fitted to {model!.Weeks} weeks."
        );
}
