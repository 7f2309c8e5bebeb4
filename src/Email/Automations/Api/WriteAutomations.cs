using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Running;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Mvc;

namespace MarketingPlatform.Email.Automations.Api;

/// <summary><c>PUT /api/v1/automations/{name}</c> (YAML), <c>POST …/{name}/on|off</c>, <c>POST …/{name}/check</c>.</summary>
internal static class WriteAutomations
{
    private const int MaxBytes = 256 * 1024;

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
        var (automation, errors) = Check(name, yaml, templates);
        if (automation is null)
            return Problem.Invalid([.. errors]);
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

    internal static async Task<IResult> CheckAsync(string name, HttpRequest request, MailTemplates templates, CancellationToken ct)
    {
        var (automation, errors) = Check(name, await ReadAsync(request, ct), templates);
        return automation is null ? Problem.Invalid([.. errors]) : TypedResults.Ok(new { name, valid = true });
    }

    internal static async Task<IResult> SwitchAsync(string name, bool on, AutomationStore store, CancellationToken ct)
    {
        await store.ReadyAsync(ct);
        return await store.SwitchAsync(name, on, ct) ? TypedResults.NoContent() : ReadAutomations.NotThere();
    }

    internal static (Automation? Automation, IReadOnlyList<FieldError> Errors) Check(string name, string yaml, MailTemplates templates)
    {
        var (automation, problems) = AutomationParser.Parse(yaml);
        if (automation is null)
            return (null, [.. problems.Select(problem => new FieldError(problem.Key, $"Line {problem.Line}: {problem.Message}"))]);
        List<FieldError> errors = [];
        if (automation.Name != name)
            errors.Add(new("name", $"The file is called '{automation.Name}', the address '{name}': make them the same."));
        errors.AddRange(
            new Plan(automation, 0)
                .Steps.OfType<SendStep>()
                .Where(send => !templates.Exists(send.Template))
                .Select(send => new FieldError(
                    $"{send.Id}.send",
                    $"Line {send.Line}: there is no template '{send.Template}'; GET {Routes.Templates}?kind=mail lists those that are."
                ))
        );
        return errors.Count > 0 ? (null, errors) : (automation, []);
    }

    private static async Task<string> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        using var reader = new StreamReader(request.Body);
        return await reader.ReadToEndAsync(ct);
    }
}
