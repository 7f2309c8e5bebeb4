using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Forecast;
using MarketingPlatform.Email.Automations.Running;
using MarketingPlatform.Email.Automations.Simulation;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Mvc;

namespace MarketingPlatform.Email.Automations.Api;

/// <summary>What would come of saving a file.</summary>
/// <param name="Version">The one that it would replace; 0: there is none.</param>
/// <param name="Problems">What is wrong with the file, by line; where something is, all that follows is empty.</param>
/// <param name="Words">What the file says.</param>
/// <param name="Warnings">Names in the file that nobody knows, by line; it can be saved all the same.</param>
/// <param name="Status">on or off, once it is saved.</param>
/// <param name="Switches">Whether saving is what turns it on or off.</param>
/// <param name="UnderWay">What becomes of those who wait in it now, by step.</param>
/// <param name="Difference">
/// To the version that it would replace. Its counts of customers and mails come from an invented shop of <paramref name="TriedCustomers"/>
/// customers over <paramref name="TriedDays"/> days; they are missing where that took too long.
/// </param>
/// <param name="Audience">Whom it would have let in lately, by what really happened.</param>
/// <param name="Experiments">What difference each experiment on its branches can find, before it starts.</param>
internal sealed record AutomationPlan(
    string Name,
    int Version,
    IReadOnlyList<YamlProblem> Problems,
    IReadOnlyList<WordLine> Words,
    string? Status = null,
    bool Switches = false,
    IReadOnlyList<MovePeople.Moved>? UnderWay = null,
    Difference? Difference = null,
    int TriedCustomers = AutomationTrial.Customers,
    int TriedDays = AutomationTrial.Days,
    IReadOnlyList<YamlProblem>? Warnings = null,
    AudienceForecast? Audience = null,
    IReadOnlyList<ExperimentForecast>? Experiments = null
);

/// <summary>
/// <c>POST /api/v1/automations/{name}/plan</c> (YAML): as <c>marketing plan</c>, against the version that is stored, with what becomes of
/// the people who are on the way. Nothing is saved. A file that is wrong is an answer too.
/// </summary>
internal static class PlanAutomation
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Automations + "/{name}/plan", HandleAsync)
            .RequireScope(Scope.Read)
            .Accepts<string>("application/yaml")
            .WithMetadata(new RequestSizeLimitAttribute(WriteAutomations.MaxBytes))
            .WithName("planAutomation")
            .WithSummary("What would change for people on the way, audience and mails if this file were saved.");

    internal static async Task<IResult> HandleAsync(
        string name,
        HttpRequest request,
        AutomationStore store,
        MailTemplates templates,
        AutomationTrial trial,
        AudienceForecaster audiences,
        ExperimentForecaster experiments,
        KnownNamesReader names,
        EmailDatabase db,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var parsed = WriteAutomations.Check(name, await WriteAutomations.ReadAsync(request, ct), templates);
        await store.ReadyAsync(ct);
        var stored = await store.FindAsync(name, ct);
        var version = stored?.Version ?? 0;
        var known = names.ReadAsync(parsed.Mentions, ct);
        if (parsed.Automation is not { } automation)
            return TypedResults.Ok(
                new AutomationPlan(name, version, parsed.Problems, [], Warnings: NameCheck.Warnings(parsed.Mentions, await known))
            );
        var before = stored is null ? null : AutomationParser.Parse(stored.Content).Automation;
        var switches = stored is not null && AutomationStore.Switches(stored, automation);
        var plan = new Plan(automation, version + 1);
        // Each waits for another service or for the processor: together, not one after the other.
        var audience = audiences.ForecastAsync(plan, ct);
        var tried = trial.TryAsync(before, automation, ct);
        var tests = experiments.ForecastAsync(plan, null, () => audience, ct);
        await Task.WhenAll(known, audience, tried, tests);
        return TypedResults.Ok(
            new AutomationPlan(
                name,
                version,
                [],
                [.. AutomationWords.Outline(automation)],
                stored is null || switches ? (automation.Enabled ? "on" : "off") : stored.Status,
                switches,
                await MovePeople.ForecastAsync(db, plan, clock.GetUtcNow(), ct),
                await tried,
                Warnings: NameCheck.Warnings(parsed.Mentions, await known),
                Audience: await audience,
                Experiments: await tests
            )
        );
    }
}
