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

    private static Task<IResult> HandleAsync([AsParameters] FormCall call) =>
        call.AskAsync(
            Paths.Models,
            ("model.train", "recommendations", "asked for a training"),
            HttpMethod.Post,
            Routes.Recommendations + "/train",
            null,
            "A training begins within seconds. Its model appears here when it is measured."
        );
}
