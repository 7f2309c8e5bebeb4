using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Forecast;
using MarketingPlatform.Email.Automations.Running;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Mvc;

namespace MarketingPlatform.Email.Automations.Api;

/// <summary><c>PUT /api/v1/automations/{name}</c> (YAML), <c>POST …/{name}/on|off</c>, <c>POST …/{name}/check</c>.</summary>
internal static class WriteAutomations
{
    public const int MaxBytes = 256 * 1024;

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapPut(Routes.Automations + "/{name}", PutAsync)
            .RequireScope(Scope.Write)
            .Accepts<string>("application/yaml")
            .WithMetadata(new RequestSizeLimitAttribute(MaxBytes))
            .WithName("saveAutomation")
            .WithSummary("Saves a new version of an automation, as YAML.");
        root.MapPost(Routes.Automations + "/{name}/check", CheckAsync)
            .RequireScope(Scope.Read)
            .Accepts<string>("application/yaml")
            .WithMetadata(new RequestSizeLimitAttribute(MaxBytes));
        root.MapPost(
                Routes.Automations + "/{name}/on",
                (string name, AutomationStore store, CancellationToken ct) => SwitchAsync(name, true, store, ct)
            )
            .RequireScope(Scope.Write);
        root.MapPost(
                Routes.Automations + "/{name}/off",
                (string name, AutomationStore store, CancellationToken ct) => SwitchAsync(name, false, store, ct)
            )
            .RequireScope(Scope.Write);
    }

    internal static async Task<IResult> PutAsync(
        string name,
        HttpRequest request,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        AutomationStore store,
        MailTemplates templates,
        EmailDatabase db,
        CancellationToken ct
    )
    {
        var yaml = await ReadAsync(request, ct);
        var (automation, problems) = Check(name, yaml, templates);
        if (automation is null)
            return Invalid(problems);
        int? expected = null;
        if (ifMatch is not null)
        {
            if (!int.TryParse(ifMatch.Trim('"'), out var given))
                return Problem.Invalid(new FieldError("If-Match", "Give the version as it stands in ETag, in quotes; \"0\" means new."));
            expected = given;
        }
        await store.ReadyAsync(ct);
        if (await store.SaveAsync(automation, yaml, "shop", expected, ct) is null)
            return Problem.Of(
                StatusCodes.Status412PreconditionFailed,
                "automation-changed",
                "Somebody else has changed it",
                $"GET {Routes.Automations}/{name} shows the version that is stored now; put your change into that one."
            );
        return TypedResults.Ok(await ReadAutomations.ViewAsync(db, (await store.FindAsync(name, ct))!, ct));
    }

    internal static async Task<IResult> CheckAsync(
        string name,
        HttpRequest request,
        MailTemplates templates,
        KnownNamesReader names,
        CancellationToken ct
    )
    {
        var parsed = Check(name, await ReadAsync(request, ct), templates);
        if (parsed.Automation is null)
            return Invalid(parsed.Problems);
        var warnings = NameCheck.Warnings(parsed.Mentions, await names.ReadAsync(parsed.Mentions, ct));
        return TypedResults.Ok(
            new
            {
                name,
                valid = true,
                warnings,
            }
        );
    }

    internal static async Task<IResult> SwitchAsync(string name, bool on, AutomationStore store, CancellationToken ct)
    {
        await store.ReadyAsync(ct);
        return await store.SwitchAsync(name, on, ct) ? TypedResults.NoContent() : ReadAutomations.NotThere();
    }

    /// <summary>What is wrong with the file itself, and, where nothing is, what is wrong with it here.</summary>
    internal static ParsedAutomation Check(string name, string yaml, MailTemplates templates)
    {
        var parsed = AutomationParser.Parse(yaml);
        if (parsed.Automation is not { } automation)
            return parsed;
        List<YamlProblem> problems = [];
        if (automation.Name != name)
            problems.Add(
                new(LineOfName(yaml), "name", $"The file is called '{automation.Name}', the address '{name}': make them the same.")
            );
        problems.AddRange(
            new Plan(automation, 0)
                .Steps.OfType<SendStep>()
                .Where(send => !templates.Exists(send.Template))
                .Select(send => new YamlProblem(
                    send.Line,
                    $"{send.Id}.send",
                    $"There is no template '{send.Template}'{MeantTemplate(send.Template, templates)} GET {Routes.Templates}?kind=mail lists those that are."
                ))
        );
        return problems.Count > 0 ? new(null, [.. problems.OrderBy(problem => problem.Line)]) { Mentions = parsed.Mentions } : parsed;
    }

    private static string MeantTemplate(string name, MailTemplates templates) =>
        NameCheck.DidYouMean(name, templates.Library.Templates.Keys.Where(templates.Exists));

    internal static async Task<string> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        using var reader = new StreamReader(request.Body);
        return await reader.ReadToEndAsync(ct);
    }

    private static IResult Invalid(IEnumerable<YamlProblem> problems) =>
        Problem.Invalid([.. problems.Select(problem => new FieldError(problem.Key, $"Line {problem.Line}: {problem.Message}"))]);

    private static int LineOfName(string yaml) =>
        1 + Math.Max(0, Array.FindIndex(yaml.Split('\n'), line => line.StartsWith("name:", StringComparison.Ordinal)));
}
