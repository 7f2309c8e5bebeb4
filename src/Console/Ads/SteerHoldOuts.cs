using System.Globalization;
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

    private static async Task<IResult> DrawAsync([AsParameters] FormCall call)
    {
        var form = await call.ReadAsync();
        var (first, last) = (Day(Field.Of(form, "startsOn", 10)), Day(Field.Of(form, "endsOn", 10)));
        if (!int.TryParse(Field.Of(form, "held", 3), NumberStyles.None, CultureInfo.InvariantCulture, out var held))
            return call.Refused(Path, "Give the held part in whole percents, from 1 to 99.");
        var wanted = new HoldOutWanted(
            Field.Of(form, "name", 200),
            Field.Of(form, "channel", 100),
            Field.Of(form, "segment", 200),
            held / 100.0,
            first,
            last
        );
        return await call.AskAsync<AudienceHoldOut>(
            Path,
            ("ads.hold-outs.draw", wanted.Name, $"{held} % of {wanted.Segment} without {wanted.Channel}"),
            HttpMethod.Post,
            Routes.Ads + "/audience-hold-outs",
            wanted,
            drawn => $"Drew {drawn!.Held} members who are to see no ads of {drawn.Channel}."
        );
    }

    private static Task<IResult> CompareAsync(Guid id, [AsParameters] FormCall call) =>
        call.AskAsync<AudienceHoldOut>(
            Path,
            ("ads.hold-outs.compare", id.ToString(), "exposed and held"),
            HttpMethod.Post,
            $"{Routes.Ads}/audience-hold-outs/{id}/analyse",
            null,
            compared => $"Compared the parts of {compared!.Name}."
        );

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
