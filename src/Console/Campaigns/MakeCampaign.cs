using System.Globalization;
using System.Text.Json.Nodes;
using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Campaigns;

/// <summary><c>POST /console/campaigns</c>: a draft. What is refused comes back into the form as it was typed.</summary>
internal static class MakeCampaign
{
    private static readonly string[] Fields =
    [
        "name",
        "description",
        "segments",
        "exclude",
        "template",
        "subjectA",
        "subjectB",
        "metric",
        "method",
        "when",
        "at",
        "holdOut",
    ];

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Paths.Campaigns, HandleAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));

    private static async Task<IResult> HandleAsync([AsParameters] FormCall call)
    {
        var form = await call.ReadAsync();
        var typed = Fields.ToDictionary(field => field, field => Field.Of(form, field, 1_000));
        var name = typed["name"];
        var answer = await call.TryAsync<JsonNode>(
            ("campaign.make", name, typed["description"]),
            HttpMethod.Put,
            $"{Routes.Campaigns}/{Uri.EscapeDataString(name)}",
            Body(typed),
            version: "0"
        );
        return answer.Ok
            ? Forms.Done(call.Context, $"{Paths.Campaigns}/{Uri.EscapeDataString(name)}", "Saved. Now count who would get it.")
            : call.Refused(
                $"{Paths.Campaigns}/new" + PlatformApi.Query([.. typed.Select(field => (field.Key, (string?)field.Value))]),
                answer.Failure!.Message
            );
    }

    private static object Body(Dictionary<string, string> typed)
    {
        string? Given(string field) => typed[field].Length == 0 ? null : typed[field];
        object Variant(string key, string? subject) =>
            new
            {
                key,
                template = Given("template"),
                subject,
            };
        var isTest = Given("subjectB") is not null;
        return new
        {
            description = Given("description"),
            audience = new { segments = Keys(typed["segments"]), exclude = Keys(typed["exclude"]) },
            variants = isTest
                ? new[] { Variant("a", Given("subjectA")), Variant("b", Given("subjectB")) }
                : [Variant("a", Given("subjectA"))],
            schedule = new { when = Given("when"), at = TimeOf(typed) },
            test = new { method = isTest ? Given("method") : null, metric = Given("metric") },
            holdOut = double.TryParse(typed["holdOut"], NumberStyles.Float, CultureInfo.InvariantCulture, out var percent)
                ? percent / 100
                : (double?)null,
        };
    }

    // What a field of the browser's date and time says has no offset: an instant is meant in UTC.
    private static string? TimeOf(Dictionary<string, string> typed) =>
        typed["at"].Length == 0 || typed["when"] == "now" ? null
        : typed["when"] == "local" ? typed["at"]
        : typed["at"] + "Z";

    private static string[] Keys(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
