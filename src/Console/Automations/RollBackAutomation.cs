using System.Globalization;
using MarketingPlatform.Console.Api;
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

    private static async Task<IResult> HandleAsync(string name, [AsParameters] FormCall call)
    {
        var form = await call.ReadAsync();
        var page = $"{Paths.Automations}/{Uri.EscapeDataString(name)}";
        if (
            !int.TryParse(Field.Of(form, "version", 10), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            || !int.TryParse(Field.Of(form, "seen", 10), NumberStyles.None, CultureInfo.InvariantCulture, out var seen)
        )
            return call.Refused(page, "Choose a version of the list.");
        var draft = new AutomationDraft(name, seen, "");
        var old = await call.Api.GetAsync<string>(
            call.Context.User.RoleOf()!.Value,
            string.Create(CultureInfo.InvariantCulture, $"{draft.Path}/versions/{version}"),
            call.Context.RequestAborted
        );
        if (old.Value is not { } yaml)
            return call.Refused(page, old.Failure!.Message);
        var saved = await EditAutomation.SaveAsync(
            call,
            draft with
            {
                Yaml = yaml,
            },
            ("automation.roll-back", name, $"version {seen} → as version {version}")
        );
        if (saved.Value is { Summary: var summary })
            return Forms.Done(
                call.Context,
                page,
                summary.Version == seen
                    ? $"Version {version} says what holds now: nothing was changed."
                    : $"Rolled back: version {summary.Version} says what version {version} said. The automation is {summary.Status}."
            );
        return call.Refused(
            page,
            saved.Failure is { Kind: FailureKind.Changed }
                ? "Somebody else has saved another version meanwhile. Nothing was changed: look at what holds now."
                : $"Nothing was changed. {saved.Failure?.Message}"
        );
    }
}
