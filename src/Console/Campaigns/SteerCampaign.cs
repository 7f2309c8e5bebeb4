using MarketingPlatform.Console.Shell;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Campaigns;

/// <summary><c>POST /console/campaigns/{name}/preflight|approve|launch|pause|resume|cancel|roll-out</c>.</summary>
internal static class SteerCampaign
{
    private static readonly Steer Form = new(
        "campaign",
        Paths.Campaigns,
        Routes.Campaigns,
        new Dictionary<string, string>
        {
            ["preflight"] = "Counted. Look who gets it, and who does not and why.",
            ["approve"] = "Approved. It leaves when it is launched.",
            ["launch"] = "Launched. Mails leave at their hour.",
            ["pause"] = "Paused. What a server was taking at this moment still arrives; the rest waits.",
            ["resume"] = "It goes on where it was.",
            ["cancel"] = "Cancelled. What has left has left; the rest never will.",
            ["roll-out"] = "Everybody who waited for the test gets this variant.",
        }
    )
    {
        Body = (wish, form) => wish == "roll-out" ? new { variant = Field.Of(form, "variant", 60) } : null,
    };

    public static void Map(IEndpointRouteBuilder root) => Form.Map(root);
}
