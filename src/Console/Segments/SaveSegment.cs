using System.Text.Json.Nodes;
using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Segments;

/// <summary>
/// <c>POST /console/segment-builder</c>: makes a segment, or changes one at the version that its reader saw. What is refused comes back into the
/// form as it was typed.
/// </summary>
internal static class SaveSegment
{
    public const int LongestRule = 4_000;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Paths.SegmentBuilder, HandleAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));

    private static async Task<IResult> HandleAsync([AsParameters] FormCall call)
    {
        var form = await call.ReadAsync();
        var segment = Field.Of(form, "segment", 60);
        var key = segment.Length > 0 ? segment : Field.Of(form, "key", 60);
        var (name, description) = (Field.Of(form, "name", 200), Field.Of(form, "description", 1_000));
        var text = Field.Of(form, "text", LongestRule);
        var forAds = Field.Of(form, "forAds", 5) == "true";
        var version = Field.Of(form, "version", 10);
        var body = new
        {
            key,
            name,
            description,
            text,
            forAds,
        };
        var answer =
            segment.Length > 0
                ? await call.TryAsync<JsonNode>(
                    ("segment.change", key, text),
                    HttpMethod.Put,
                    $"{Routes.Segments}/{Uri.EscapeDataString(segment)}",
                    body,
                    version
                )
                : await call.TryAsync<JsonNode>(("segment.make", key, text), HttpMethod.Post, Routes.Segments, body);
        if (answer.Ok)
            return Forms.Done(call.Context, $"{Paths.Segments}/{Uri.EscapeDataString(key)}", "Saved. Its members follow within seconds.");
        var typed = PlatformApi.Query(
            ("segment", segment),
            ("key", segment.Length > 0 ? null : key),
            ("name", name),
            ("description", description),
            ("text", text),
            ("forAds", forAds ? "true" : "false"),
            ("version", version)
        );
        return call.Refused(Paths.SegmentBuilder + typed, answer.Failure!.Message);
    }
}
