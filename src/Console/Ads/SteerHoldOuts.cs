using System.Globalization;
using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Audit;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Ads;

/// <summary><c>POST /console/ads/hold-outs</c> draws a part of a segment to be held out; <c>POST …/{id}</c> compares both parts now.</summary>
internal static class SteerHoldOuts
{
    public const string Path = Paths.HoldOuts;

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapForm(Path, DrawAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));
        root.MapForm(Path + "/{id:guid}", CompareAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));
    }

    private static async Task<IResult> DrawAsync(HttpContext context, PlatformApi api, ConsoleDatabase database, TimeProvider clock)
    {
        var ct = context.RequestAborted;
        var form = await context.Request.ReadFormAsync(ct);
        var (first, last) = (Day(Field.Of(form, "startsOn", 10)), Day(Field.Of(form, "endsOn", 10)));
        if (!int.TryParse(Field.Of(form, "held", 3), NumberStyles.None, CultureInfo.InvariantCulture, out var held))
            return Forms.Failed(context, Path, "Give the held part in whole percents, from 1 to 99.");
        var wanted = new HoldOutWanted(
            Field.Of(form, "name", 200),
            Field.Of(form, "channel", 100),
            Field.Of(form, "segment", 200),
            held / 100.0,
            first,
            last
        );
        var answer = await AuditLog.AroundAsync(
            database,
            new AuditEntry(
                context.User.NameOfUser(),
                "ads.hold-outs.draw",
                wanted.Name,
                $"{held} % of {wanted.Segment} without {wanted.Channel}"
            ),
            clock,
            () =>
                api.SendAsync<AudienceHoldOut>(
                    context.User.RoleOf()!.Value,
                    HttpMethod.Post,
                    Routes.Ads + "/audience-hold-outs",
                    wanted,
                    ct
                ),
            answer => answer.Failure is null,
            ct
        );
        return answer.Failure is { } failure
            ? Forms.Failed(context, Path, failure.Message)
            : Forms.Done(context, Path, $"Drew {answer.Value!.Held} members who are to see no ads of {answer.Value.Channel}.");
    }

    private static async Task<IResult> CompareAsync(
        Guid id,
        HttpContext context,
        PlatformApi api,
        ConsoleDatabase database,
        TimeProvider clock
    )
    {
        var ct = context.RequestAborted;
        var answer = await AuditLog.AroundAsync(
            database,
            new AuditEntry(context.User.NameOfUser(), "ads.hold-outs.compare", id.ToString(), "exposed and held"),
            clock,
            () =>
                api.SendAsync<AudienceHoldOut>(
                    context.User.RoleOf()!.Value,
                    HttpMethod.Post,
                    $"{Routes.Ads}/audience-hold-outs/{id}/analyse",
                    null,
                    ct
                ),
            answer => answer.Failure is null,
            ct
        );
        return answer.Failure is { } failure
            ? Forms.Failed(context, Path, failure.Message)
            : Forms.Done(context, Path, $"Compared the parts of {answer.Value!.Name}.");
    }

    private static DateOnly? Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    internal sealed record HoldOutWanted(
        string Name,
        string Channel,
        string Segment,
        double HeldShare,
        DateOnly? StartsOn,
        DateOnly? EndsOn
    );
}
