using System.Globalization;
using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Audit;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;

namespace MarketingPlatform.Console.Automations;

/// <summary>
/// <c>POST /console/automations/{name}/roll-back</c>: what an older version says becomes the newest one. Nothing is lost: the version that it
/// replaces stays in the list.
/// </summary>
internal static class RollBackAutomation
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Paths.Automations + "/{name}/roll-back", HandleAsync)
            .RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));

    private static async Task<IResult> HandleAsync(
        string name,
        HttpContext context,
        PlatformApi api,
        ConsoleDatabase database,
        TimeProvider clock
    )
    {
        var ct = context.RequestAborted;
        var role = context.User.RoleOf()!.Value;
        var form = await context.Request.ReadFormAsync(ct);
        var page = $"{Paths.Automations}/{Uri.EscapeDataString(name)}";
        if (
            !int.TryParse(Field.Of(form, "version", 10), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            || !int.TryParse(Field.Of(form, "seen", 10), NumberStyles.None, CultureInfo.InvariantCulture, out var seen)
        )
            return Forms.Failed(context, page, "Choose a version of the list.");
        var draft = new AutomationDraft(name, seen, "");
        var old = await api.GetAsync<string>(role, string.Create(CultureInfo.InvariantCulture, $"{draft.Path}/versions/{version}"), ct);
        if (old.Value is not { } yaml)
            return Forms.Failed(context, page, old.Failure!.Message);
        var saved = await AuditLog.AroundAsync(
            database,
            new AuditEntry(context.User.NameOfUser(), "automation.roll-back", name, $"version {seen} → as version {version}"),
            clock,
            () => EditAutomation.SaveAsync(api, role, draft with { Yaml = yaml }, ct),
            answer => answer.Value is { } now && now.Summary.Version != seen,
            ct
        );
        if (saved.Value is { Summary: var summary })
            return Forms.Done(
                context,
                page,
                summary.Version == seen
                    ? $"Version {version} says what holds now: nothing was changed."
                    : $"Rolled back: version {summary.Version} says what version {version} said. The automation is {summary.Status}."
            );
        return Forms.Failed(
            context,
            page,
            saved.Failure is { Kind: FailureKind.Changed }
                ? "Somebody else has saved another version meanwhile. Nothing was changed: look at what holds now."
                : $"Nothing was changed. {saved.Failure?.Message}"
        );
    }
}
