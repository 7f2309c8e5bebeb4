using MarketingPlatform.Console.Shell;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Mail;

/// <summary><c>POST /console/mail/sends/{id}/pause|resume|cancel</c>.</summary>
internal static class SteerSend
{
    private static readonly Steer Form = new(
        "send",
        Paths.Sends,
        Routes.Sends,
        new Dictionary<string, string>
        {
            ["pause"] = "Paused. What a server was taking at this moment still arrives; the rest waits.",
            ["resume"] = "It goes on where it was.",
            ["cancel"] = "Cancelled. What has left has left; the rest never will.",
        }
    );

    public static void Map(IEndpointRouteBuilder root) => Form.Map(root);
}
