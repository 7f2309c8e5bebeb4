using MarketingPlatform.Console.Shell;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Automations;

/// <summary><c>POST /console/automations/{name}/on|off</c>.</summary>
internal static class SwitchAutomation
{
    private static readonly Steer Form = new(
        "automation",
        Paths.Automations,
        Routes.Automations,
        new Dictionary<string, string>
        {
            ["on"] = "On. Who meets its trigger from now on enters.",
            ["off"] = "Off. Nobody enters any more; who is on the way goes on.",
        }
    );

    public static void Map(IEndpointRouteBuilder root) => Form.Map(root);
}
