using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Audit;
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

    private static async Task<IResult> BeginAsync(HttpContext context, PlatformApi api, ConsoleDatabase database, TimeProvider clock)
    {
        var ct = context.RequestAborted;
        var form = await context.Request.ReadFormAsync(ct);
        var wanted = new CreativeTestWanted(
            Field.Of(form, "name", 200),
            Field.Of(form, "channel", 100),
            Field.Of(form, "campaign", 200),
            Field.Of(form, "adSet", 200),
            Field.Of(form, "creatives", 2_000).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            Field.Of(form, "metric", 20),
            Field.Of(form, "method", 20)
        );
        var answer = await AuditLog.AroundAsync(
            database,
            new AuditEntry(context.User.NameOfUser(), "ads.creatives.begin", wanted.Name, string.Join(", ", wanted.Creatives)),
            clock,
            () => api.SendAsync<CreativeTest>(context.User.RoleOf()!.Value, HttpMethod.Post, Routes.Ads + "/creative-tests", wanted, ct),
            answer => answer.Failure is null,
            ct
        );
        return answer.Failure is { } failure
            ? Forms.Failed(context, Path, failure.Message)
            : Forms.Done(context, Path, $"Began {answer.Value!.Name}.");
    }

    private static async Task<IResult> DecideAsync(
        Guid id,
        HttpContext context,
        PlatformApi api,
        ConsoleDatabase database,
        TimeProvider clock
    )
    {
        var ct = context.RequestAborted;
        var form = await context.Request.ReadFormAsync(ct);
        var (resumes, creative, segment) = (
            Field.Of(form, "decision", 10) == "resume",
            Field.Of(form, "creative", 200),
            Field.Of(form, "segment", 200)
        );
        var (decision, detail) = resumes ? ("resume", $"{segment} / {creative}") : ("stop", "running → stopped");
        var answer = await AuditLog.AroundAsync(
            database,
            new AuditEntry(context.User.NameOfUser(), "ads.creatives." + decision, id.ToString(), detail),
            clock,
            () =>
                api.SendAsync(
                    context.User.RoleOf()!.Value,
                    HttpMethod.Post,
                    $"{Routes.Ads}/creative-tests/{id}/{decision}",
                    resumes ? new { creative, segment } : null,
                    ct
                ),
            answer => answer.Ok,
            ct
        );
        return answer.Failure is { } failure ? Forms.Failed(context, Path, failure.Message)
            : resumes ? Forms.Done(context, Path, $"{creative} is shown again.")
            : Forms.Done(context, Path, "Ended. Its decisions stay.");
    }
}
