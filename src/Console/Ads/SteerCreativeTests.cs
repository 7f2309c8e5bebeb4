using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Ads;

/// <summary><c>POST /console/ads/creatives</c> begins a creative test; <c>POST …/{id}</c> ends one or shows a paused creative again.</summary>
internal static class SteerCreativeTests
{
    public const string Path = Paths.Creatives;

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapForm(Path, BeginAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));
        root.MapForm(Path + "/{id:guid}", DecideAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));
    }

    private static async Task<IResult> BeginAsync([AsParameters] FormCall call)
    {
        var form = await call.ReadAsync();
        var wanted = new CreativeTestWanted(
            Field.Of(form, "name", 200),
            Field.Of(form, "channel", 100),
            Field.Of(form, "campaign", 200),
            Field.Of(form, "adSet", 200),
            Field.Of(form, "creatives", 2_000).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            Field.Of(form, "metric", 20),
            Field.Of(form, "method", 20)
        );
        return await call.AskAsync<CreativeTest>(
            Path,
            ("ads.creatives.begin", wanted.Name, string.Join(", ", wanted.Creatives)),
            HttpMethod.Post,
            Routes.Ads + "/creative-tests",
            wanted,
            test => $"Began {test!.Name}."
        );
    }

    private static async Task<IResult> DecideAsync(Guid id, [AsParameters] FormCall call)
    {
        var form = await call.ReadAsync();
        var (resumes, creative, segment) = (
            Field.Of(form, "decision", 10) == "resume",
            Field.Of(form, "creative", 200),
            Field.Of(form, "segment", 200)
        );
        var (decision, detail) = resumes ? ("resume", $"{segment} / {creative}") : ("stop", "running → stopped");
        return await call.AskAsync(
            Path,
            ("ads.creatives." + decision, id.ToString(), detail),
            HttpMethod.Post,
            $"{Routes.Ads}/creative-tests/{id}/{decision}",
            resumes ? new { creative, segment } : null,
            resumes ? $"{creative} is shown again." : "Ended. Its decisions stay."
        );
    }
}
